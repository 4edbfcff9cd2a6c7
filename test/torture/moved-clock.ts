/**
 * Lets the machine's wall clock jump as this process sees it, and only it: everything that asks for the date, the
 * authorisation server included, sees it moved; timers, which are monotonic, do not.
 *
 * @returns sets by how much from now on, in milliseconds
 */
export function movableClock(): (milliseconds: number) => void {
  const Real = Date;
  let moved = 0;
  const now = (): number => Real.now() + moved;
  globalThis.Date = new Proxy(Real, {
    construct: (target, given: unknown[], made) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, made) as Date,
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  });
  return (milliseconds) => {
    moved = milliseconds;
  };
}
