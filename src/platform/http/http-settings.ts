/** What the door of the API needs to know of its surroundings. */
export abstract class HttpSettings {
  /** Where callers reach the gateway: scheme, host, port, no trailing slash. */
  abstract readonly publicUrl: string;
  /** Who answers when the gateway cannot: said in every failure of ours, so that a child is not lost to an outage. */
  abstract readonly dutyContact: string;
}
