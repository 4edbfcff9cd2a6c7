import type { Scenario } from './scenario.js';
import { commitLost } from './scenarios/commit-lost.js';
import { databaseAway } from './scenarios/database-away.js';
import { gatewayKilled } from './scenarios/gateway-killed.js';
import { postgresKilled } from './scenarios/postgres-killed.js';

/** In the order they are run. */
export const SCENARIOS: readonly Scenario[] = [commitLost, databaseAway, gatewayKilled, postgresKilled];
