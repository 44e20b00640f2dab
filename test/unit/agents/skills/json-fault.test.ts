import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from '../../../../agents/skills/text/json-fault.ts';

describe('the place of a fault in JSON', () => {
  it.each([
    ['{"url": bad}', 1, 9, 'bad}'],
    ['[\n {"a": 1,}]', 2, 10, '}]'],
    ['[1, 2', 1, 6, 'its end'],
    ['', 1, 1, 'its end'],
    ['url,html\na,b\n', 1, 1, 'url,html\na,b\n'],
    ["{'a': 1}", 1, 2, "'a': 1}"],
    ['{"a" 1}', 1, 6, '1}'],
    ['{"a": 01}', 1, 7, '01}'],
    ['{"a": "b\nc"}', 1, 9, '\nc"}'],
    ['{"a": "b\\x"}', 1, 9, '\\x"}'],
    ['[true] x', 1, 8, 'x'],
    ['[{"a": [1, {"b": nul}]}]', 1, 18, 'nul}]}]'],
    ['[1 2]', 1, 4, '2]'],
  ])('%j: line %d, column %d', (text, line, column, found) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(jsonFault(text)).toMatchObject({ line, column, found });
  });

  it('lies behind whatever is JSON, and at or before what was put into it', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, place) => {
        expect(jsonFault(json).at).toBe(json.length);
        const at = place % (json.length + 1);
        const broken = `${json.slice(0, at)}\u0001${json.slice(at)}`;
        expect(jsonFault(broken).at).toBeLessThanOrEqual(at);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
