import { startFhirServer } from '../stand-ins/fhir-server.js';
import { startJsonServer } from '../stand-ins/json-server.js';
import { JSON_SYSTEMS } from '../stand-ins/json-systems.js';
import { readPeople, readRecords, type DemoAgency, type DemoWorld } from './world.js';

/** An agency's system, as far as the demonstration handles it. */
export interface StandIn {
  readonly url: string;
  /** What it was asked, in order. */
  readonly asked: readonly unknown[];
  /** Goes down: its port refuses connections until it is resumed. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** Starts an agency's system with its records; undefined for an agency that has none, and deposits its records. */
export async function startStandIn(configuration: string, { id, sources }: DemoAgency): Promise<StandIn | undefined> {
  const [source] = sources;
  if (source === undefined) return undefined;
  if (source.adapter.startsWith('fhir-r4')) return startFhirServer(readRecords(configuration, id));
  const system = JSON_SYSTEMS.get(source.adapter);
  if (system === undefined) throw new Error(`there is no stand-in of \`${source.adapter}\``);
  return startJsonServer(system, readPeople(configuration, id));
}

/** Starts every agency's system. */
export async function startStandIns(configuration: string, world: DemoWorld): Promise<ReadonlyMap<string, StandIn>> {
  const started = await Promise.all(
    world.agencies.map(async (agency) => [agency.id, await startStandIn(configuration, agency)] as const),
  );
  return new Map(started.flatMap(([id, standIn]) => (standIn === undefined ? [] : [[id, standIn] as const])));
}
