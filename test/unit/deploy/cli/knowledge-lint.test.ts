import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kaze } from './fake-terminal.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kaze-lint-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const OURS = '{ title: "Our circle, from practice", date: "2026-11-01" }';
const item = (name: string, { text = `All that is known of ${name}.`, source = OURS, more = '' } = {}) =>
  `  - path: poetry/forms/${name}
    kind: fact
    title: "${name}"
    text: "${text}"
    source: ${source}
    confidence: 0.8
${more === '' ? '' : `    ${more}\n`}`;

function write(...items: string[]): void {
  const folder = join(cwd, 'own/poetry/knowledge');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'forms.yaml'), `pack: poetry\nitems:\n${items.join('')}`);
}
const lint = (...more: string[]) => kaze(['knowledge', 'lint', '--dir', 'own', ...more], { cwd });

describe('kaze knowledge lint', () => {
  it('names orphans, missing and old sources, contradictions and relations to nothing, each at its line', async () => {
    write(
      item('haiku', {
        text: 'A haiku has 17 syllables in 3 lines.',
        more: 'relations: { requires: [poetry/forms/vers] }',
      }),
      item('verse', { more: 'relations: { applies_to: [poetry/forms/haiku] }' }),
      item('alone'),
      item('hearsay', {
        source: '{ title: "Somebody said so", date: "2026-11-01" }',
        more: 'relations: { applies_to: [poetry/forms/verse] }',
      }),
      item('faded', {
        source: '{ title: "Handbook of forms", url: "https://example.org", date: "2019-01-01" }',
        more: 'relations: { applies_to: [poetry/forms/verse] }',
      }),
      item('shorter', {
        text: 'A haiku has 14 syllables in 3 lines.',
        more: 'relations: { applies_to: [poetry/forms/verse] }',
      }),
    );
    const { code, out, err } = await lint();
    expect(code).toBe(1);
    const told = out
      .trim()
      .split('\n')
      .map((line) => /^own\/poetry\/knowledge\/forms\.yaml:(\d+):\d+ .*\[(\w+)\]$/.exec(line)!.slice(1).join(' '));
    expect(told.sort()).toEqual(['17 orphan', '23 source', '3 relation', '30 stale', '37 contradiction']);
    expect(out).toContain('did you mean "poetry/forms/verse"?');
    expect(err).toContain('5 problems in 6 items');
    // Whoever knows that their sources do not age says so.
    const patient = JSON.parse((await lint('--json', '--max-age', '36500')).out) as {
      problems: Array<{ rule: string }>;
    };
    expect(patient.problems.map(({ rule }) => rule).sort()).toEqual(['contradiction', 'orphan', 'relation', 'source']);
  });

  it('says so when nothing is wrong, and knows the packs by name', async () => {
    write(item('haiku', { more: 'relations: { applies_to: [poetry/forms/verse] }' }), item('verse'));
    expect(await lint()).toMatchObject({ code: 0, out: '2 items: nothing is wrong\n' });
    const { code, err } = await lint('--vertical', 'potery');
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('it has poetry') });
  });
});
