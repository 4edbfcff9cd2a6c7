import pg from 'pg';

const transientStates = new Set([
  '53000', '53100', '53200', '53300', '53400', // out of memory, disk, connections
  '55P03', // lock_timeout
  '57014', // statement_timeout, or cancelled by an operator
  '57P01', '57P02', '57P03', '57P05', // shutting down, crashed, starting up, idle session ended
  '25P03', '25P04', // idle in transaction, or in it for too long
]); // prettier-ignore
const networkCodes = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH',
]); // prettier-ignore
// What `pg` and its pool say, without a code, of a connection that is gone or not to be had.
const driverSays =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Cannot use a pool)|not queryable$/;

/** The SQLSTATE of a failure the server reported; undefined for any other. */
export function sqlStateOf(failure: unknown): string | undefined {
  return failure instanceof pg.DatabaseError ? failure.code : undefined;
}

/** Whether the server cannot be reached, is going away or gave up waiting: nothing is wrong with the statement. */
export function meansUnavailable(failure: unknown): boolean {
  const state = sqlStateOf(failure);
  if (state !== undefined) return transientStates.has(state) || state.startsWith('08');
  if (typeof failure !== 'object' || failure === null) return false;
  // Every address of a host was tried.
  if ('errors' in failure && Array.isArray(failure.errors)) return failure.errors.every(meansUnavailable);
  return (
    ('code' in failure && networkCodes.has(String(failure.code))) ||
    ('message' in failure && driverSays.test(String(failure.message)))
  );
}

/** Whether the server took what it was sent and said nothing for as long as is waited: to ask it more is to wait again. */
export function saidNothing(failure: unknown): boolean {
  return failure instanceof Error && failure.message === 'Query read timeout';
}

/**
 * Whether the same work, run again, may well succeed: it lost a deadlock or a serialisation conflict, or its plan was
 * prepared before a migration changed a table.
 */
export function isWorthRepeating(failure: unknown): boolean {
  if (!(failure instanceof pg.DatabaseError)) return false;
  return failure.code === '40P01' || failure.code === '40001' || isStalePlan(failure);
}

/** A statement prepared on this connection no longer fits its tables: the connection has to be replaced. */
export function isStalePlan(failure: unknown): boolean {
  return failure instanceof pg.DatabaseError && failure.code === '0A000' && failure.routine === 'RevalidateCachedQuery';
}

/** Whether the server itself refused and so certainly did not commit. A fatal one may come after the commit. */
export function isRefusedCommit(failure: unknown): boolean {
  return failure instanceof pg.DatabaseError && failure.severity === 'ERROR';
}
