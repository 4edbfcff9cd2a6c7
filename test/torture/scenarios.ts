import { CHANGES } from './changes.js';
import type { Scenario } from './scenario.js';
import { clockJumps } from './scenarios/clock-jumps.js';
import { commitLost } from './scenarios/commit-lost.js';
import { databaseAway } from './scenarios/database-away.js';
import { diskBroken } from './scenarios/disk-broken.js';
import { diskFull } from './scenarios/disk-full.js';
import { gatewayKilled } from './scenarios/gateway-killed.js';
import { hostileCustodian } from './scenarios/hostile-custodian.js';
import { postgresKilled } from './scenarios/postgres-killed.js';
import { pushesGatewayKilled } from './scenarios/pushes-gateway-killed.js';
import { pushesPostgresKilled } from './scenarios/pushes-postgres-killed.js';
import { raceOf } from './scenarios/races.js';
import { refusalTiming } from './scenarios/refusal-timing.js';
import { toldToStop } from './scenarios/told-to-stop.js';
import { twoGateways } from './scenarios/two-gateways.js';

/** In the order they are run. */
export const SCENARIOS: readonly Scenario[] = [
  commitLost,
  databaseAway,
  gatewayKilled,
  postgresKilled,
  pushesGatewayKilled,
  pushesPostgresKilled,
  diskBroken,
  diskFull,
  toldToStop,
  hostileCustodian,
  twoGateways,
  clockJumps,
  ...CHANGES.map(raceOf),
  ...refusalTiming,
];
