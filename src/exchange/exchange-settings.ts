/** What the exchange needs of the settings. */
export abstract class ExchangeSettings {
  /** The address under which the gateway is known, without a trailing slash: issuer of everything it signs. */
  abstract readonly publicUrl: string;
}
