import type { AgencySystem, Reply } from './agency-system.js';
import type { DemoPerson, DemoWorld } from './world.js';

/** The agencies' systems, by agency. */
export type Systems = ReadonlyMap<string, AgencySystem>;

/** The system of one agency. */
export function systemOf(systems: Systems, agency: string): AgencySystem {
  const system = systems.get(agency);
  if (system === undefined) throw new Error(`the world has no agency \`${agency}\``);
  return system;
}

function expectStatus(reply: Reply, status: number, doing: string): Reply {
  if (reply.status !== status)
    throw new Error(`${doing}: expected ${String(status)}, got ${String(reply.status)} ${JSON.stringify(reply.body)}`);
  return reply;
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

function personOf(world: DemoWorld, id: string): DemoPerson {
  const person = world.people.find((one) => one.id === id);
  if (person === undefined) throw new Error(`the world has no person \`${id}\``);
  return person;
}

/** Opens every case of the world and records its consents and deposits, by the agencies' own calls. */
export async function seedCases(world: DemoWorld, systems: Systems): Promise<ReadonlyMap<string, string>> {
  for (const one of world.cases) {
    const { lead } = one;
    const system = systemOf(systems, lead.agency);
    const { identifiers, familyName, givenName, birthDate } = personOf(world, one.subject);
    expectStatus(
      await system.post('/v1/subjects', lead.officer, { identifiers, familyName, givenName, birthDate }),
      201,
      `registering the subject of ${one.reference}`,
    );
    for (const involvement of one.involvements) {
      const { agency, team, officers, role, from } = involvement;
      const opened = expectStatus(
        await system.post('/v1/involvements', lead.officer, {
          subject: { identifiers },
          caseReference: one.reference,
          process: one.process,
          agency,
          team,
          role,
          ...(officers !== undefined && { officers }),
          from: daysAgo(from),
        }),
        201,
        `opening ${one.reference} for ${agency}`,
      );
      if (opened.body['status'] === 'open') continue;
      const path = `/v1/involvements/${String(opened.body['id'])}/confirmation`;
      const confirmed = await system.post(path, lead.second, { officer: lead.second });
      if (confirmed.status >= 300)
        throw new Error(`confirming ${one.reference}: ${String(confirmed.status)} ${JSON.stringify(confirmed.body)}`);
    }
  }
  for (const { agency, officer, subject, asOf, reviewIn, content, handling } of world.deposits)
    expectStatus(
      await systemOf(systems, agency).post('/v1/deposits', officer, {
        subject: { identifiers: personOf(world, subject).identifiers },
        content,
        ...(handling !== undefined && { handling }),
        officer,
        asOf: daysAgo(asOf),
        reviewBy: daysAgo(-reviewIn),
      }),
      201,
      `depositing what ${agency} holds of ${subject}`,
    );
  const ids = new Map<string, string>();
  for (const consent of world.consents) {
    const { identifiers } = personOf(world, consent.subject);
    const { by, days, how } = consent.obtained;
    const recorded = expectStatus(
      await systemOf(systems, consent.agency).post('/v1/consents', consent.officer, {
        subject: { identifiers },
        scope: consent.scope,
        recipients: consent.recipients,
        purpose: consent.purpose,
        obtained: { by, on: daysAgo(days), how },
      }),
      201,
      `recording consent ${consent.id}`,
    );
    ids.set(consent.id, String(recorded.body['id']));
  }
  return ids;
}
