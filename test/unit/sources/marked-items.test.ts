import { loadCatalogue } from '../../../src/platform/catalogue/load-catalogue.js';
import type { SourceAnswer } from '../../../src/core/redaction/source-record.js';
import { isMarked } from '../../../src/sources/marked-items.js';

const { leaves } = loadCatalogue('config');
const held = (path: string, value: unknown): SourceAnswer =>
  ({ status: 'held', leaves: new Map([[path, value]]) }) as unknown as SourceAnswer;
const marks = { assertion: 'fact', personAs: 'suspect', reliability: 'untested' };

describe('an answer of a force under Part 3', () => {
  it('is marked where every item says fact or opinion, who the person is in it, and how sure', () => {
    expect(isMarked(held('police-incidents.incidents', [{ type: 'assault', ...marks }]), leaves)).toBe(true);
  });

  it.each(Object.keys(marks))('is not where one item lacks %s', (mark) => {
    const { [mark]: _left, ...others } = marks as Record<string, string>;
    const items = [
      { type: 'a', ...marks },
      { type: 'b', ...others },
    ];
    expect(isMarked(held('police-incidents.incidents', items), leaves)).toBe(false);
  });

  it('is rated by its grades where it is intelligence', () => {
    const report = { assertion: 'assessment', personAs: 'suspect', sourceEvaluation: '2', informationEvaluation: 'c' };
    const { sourceEvaluation: _grade, ...ungraded } = report;
    expect(isMarked(held('intelligence.reports', [report]), leaves)).toBe(true);
    expect(isMarked(held('intelligence.reports', [ungraded]), leaves)).toBe(false);
  });

  it('needs no marks on what has no room for them, nor where nothing is held', () => {
    expect(isMarked(held('core-identity.familyName', 'Northmoor-Test'), leaves)).toBe(true);
    expect(isMarked(held('aliases.names', [{ familyName: 'x' }]), leaves)).toBe(true);
    expect(isMarked({ status: 'not-held' }, leaves)).toBe(true);
  });

  it('is not marked by anything but a list', () => {
    expect(isMarked(held('police-incidents.incidents', 'assault'), leaves)).toBe(false);
    expect(isMarked(held('police-incidents.incidents', ['assault']), leaves)).toBe(false);
  });
});
