import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE, type ProblemSlug } from '../../../src/platform/problems/catalogue.js';
import { GatewayProblem } from '../../../src/platform/problems/gateway-problem.js';

const page = readFileSync(join(import.meta.dirname, '../../../docs/problems.md'), 'utf8');
const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\d{3}) \| (.+?) \| (.+?) \|$/gm)].map(
  ([, slug, status, title, act]) => ({ slug, status: Number(status), title, act }),
);
const slugs = Object.keys(CATALOGUE) as ProblemSlug[];

describe('the catalogue of problems', () => {
  it('is what the page says, in order, and nothing else is on the page', () => {
    expect(rows).toEqual(slugs.map((slug) => ({ slug, ...CATALOGUE[slug] })));
  });

  it.each(slugs)('%s reads as the house writes', (slug) => {
    const { title, act, status } = CATALOGUE[slug];
    for (const text of [title, act]) expect(text).toMatch(/^[a-z].*[^.]$/);
    expect(status).toBeGreaterThanOrEqual(400);
  });

  it.each(slugs)('%s says its title when the occurrence says nothing', (slug) => {
    expect(new GatewayProblem(slug)).toMatchObject({ message: CATALOGUE[slug].title, status: CATALOGUE[slug].status });
  });
});
