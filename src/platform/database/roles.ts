/**
 * The parts a login may play in the database, each a role without login to which grants and policies are given.
 * Logins are made their members and own nothing, so a stolen login can do no more than its part.
 */
export const groupRoles = { gateway: 'sg_gateway', sequencer: 'sg_sequencer', jobs: 'sg_jobs' } as const;

/** `gateway` serves callers, `sequencer` orders the log, `jobs` runs clocks and deliveries. */
export type DatabasePart = keyof typeof groupRoles;

/** Every part, in the order in which logins are made. */
export const databaseParts = ['gateway', 'sequencer', 'jobs'] as const satisfies readonly DatabasePart[];
