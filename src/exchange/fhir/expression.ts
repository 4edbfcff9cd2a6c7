const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A JSON pointer (RFC 6901) into a resource as the FHIRPath that OperationOutcome names elements by: `Flag.period.start`. */
export function expressionOf(root: string, pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, token) => path + stepOf(token), root);
}

function stepOf(token: string): string {
  if (/^\d+$/.test(token)) return `[${token}]`;
  return NAME.test(token) ? `.${token}` : `.\`${token.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
