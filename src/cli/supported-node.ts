/** The Node.js major version that the program is tested on and that is still supported. */
const NEEDED = 24;

/** What to tell someone who started the program with an older Node.js; undefined when there is nothing to tell. */
export function nodeFault(version: string): string | undefined {
  const major = Number(version.split('.', 1)[0]);
  return major >= NEEDED
    ? undefined
    : `this program needs Node.js ${String(NEEDED)} and was started with ${version}; start it with npm or npx, which bring it`;
}
