/** What identity needs to know of where the gateway stands. */
export abstract class IdentitySettings {
  /** `PUBLIC_URL`: an origin, without a trailing slash. The audience of every token and of every call signature. */
  abstract readonly publicUrl: string;
  /**
   * Whether TLS ends in this process, so that a client certificate on the socket is the caller's own. Only then are
   * certificate-bound tokens issued or taken: behind a proxy the certificate would be the proxy's word.
   */
  abstract readonly tlsEndsHere: boolean;
}

/** The issuer of the tokens: where the authorisation server is mounted. */
export function issuerOf({ publicUrl }: IdentitySettings): string {
  return `${publicUrl}${authorisationPath}`;
}

/** Where the authorisation server is mounted. */
export const authorisationPath = '/oauth';
