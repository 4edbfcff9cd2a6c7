import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { JsonObject } from '../../core/vocabulary/json.js';
import type { Resource } from '../stand-ins/fhir-search.js';

const id = z.string().regex(/^[a-z0-9-]{2,64}$/);
const contact = z.strictObject({ name: z.string(), phone: z.string(), email: z.string() });
const story = z.boolean().default(false);

const worldFile = z.strictObject({
  agencies: z.array(
    z.strictObject({
      id,
      name: z.string(),
      kind: z.enum([
        'police',
        'health',
        'council',
        'education',
        'probation',
        'prison',
        'charity',
        'court',
        'regulator',
      ]),
      jurisdiction: z.enum(['england', 'wales', 'scotland', 'northern-ireland']),
      dutyContact: contact,
      policyDocument: z.string(),
      teams: z.array(z.strictObject({ id, kind: id, name: z.string() })),
      officers: z.array(z.strictObject({ id, name: z.string(), role: id, team: id, story })),
      /** The agency's one system, for each team whose records are in it; none where the agency deposits them. */
      sources: z
        .array(z.strictObject({ team: id, adapter: id }))
        .refine((given) => new Set(given.map(({ adapter }) => adapter)).size <= 1, 'must be of one kind')
        .default([]),
    }),
  ),
  people: z.array(
    z.strictObject({
      id,
      name: z.string(),
      familyName: z.string(),
      givenName: z.string(),
      birthDate: z.iso.date(),
      identifiers: z.array(z.strictObject({ system: id, value: z.string() })),
      story,
    }),
  ),
  cases: z.array(
    z.strictObject({
      reference: id,
      process: id,
      subject: id,
      story,
      lead: z.strictObject({ agency: id, officer: id, second: id }),
      involvements: z.array(
        z.strictObject({
          agency: id,
          team: id,
          officers: z.array(id).optional(),
          role: id,
          /** Days before today. */
          from: z.int().nonnegative(),
        }),
      ),
    }),
  ),
  deposits: z.array(
    z.strictObject({
      agency: id,
      officer: id,
      subject: id,
      /** Days before today, and after it. */
      asOf: z.int().nonnegative(),
      reviewIn: z.int().nonnegative(),
      content: z.record(id, z.record(z.string(), z.json())),
      handling: z.record(id, z.array(id)).exactOptional(),
    }),
  ),
  consents: z.array(
    z.strictObject({
      id,
      subject: id,
      story,
      agency: id,
      officer: id,
      scope: z.array(id),
      recipients: z.array(id),
      purpose: id,
      /** `days` before today. */
      obtained: z.strictObject({ by: z.string(), days: z.int().nonnegative(), how: z.string() }),
    }),
  ),
});

/** The demonstration's agencies, people and cases: all invented, all numbers of test ranges. */
export type DemoWorld = z.infer<typeof worldFile>;
/** One agency of the demonstration. */
export type DemoAgency = DemoWorld['agencies'][number];
/** One person of the demonstration. */
export type DemoPerson = DemoWorld['people'][number];

/** Reads the world of a configuration folder. */
export function readWorld(configuration: string): DemoWorld {
  return worldFile.parse(parse(dated(readFileSync(join(configuration, 'demo', 'world.yaml'), 'utf8'))));
}

/** The resources an agency's stand-in FHIR server holds. */
export function readRecords(configuration: string, agency: string): readonly Resource[] {
  return recordsIn(configuration, agency) as readonly Resource[];
}

/** The people an agency's stand-in JSON system holds, in its own shape. */
export function readPeople(configuration: string, agency: string): readonly JsonObject[] {
  return recordsIn(configuration, agency) as readonly JsonObject[];
}

function recordsIn(configuration: string, agency: string): unknown {
  return JSON.parse(dated(readFileSync(join(configuration, 'demo', 'records', `${agency}.json`), 'utf8')));
}

/** `{day-3}` in a file is the day three days ago, `{uk-3}` the same as `25/11/2026`. */
function dated(text: string): string {
  return text.replaceAll(/\{(day|uk)([+-]\d{1,4})\}/g, (_, form: string, days: string) => {
    const day = new Date(Date.now() + Number(days) * 86_400_000).toISOString().slice(0, 10);
    return form === 'day' ? day : day.split('-').reverse().join('/');
  });
}

/** The world without what only the told story uses. */
export function withoutStory(world: DemoWorld): DemoWorld {
  return {
    agencies: world.agencies.map((agency) => ({
      ...agency,
      officers: agency.officers.filter((officer) => !officer.story),
    })),
    people: world.people.filter((person) => !person.story),
    cases: world.cases.filter((one) => !one.story),
    deposits: world.deposits,
    consents: world.consents.filter((consent) => !consent.story),
  };
}
