import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const manifest = JSON.parse(read('package.json')) as Record<'dependencies' | 'devDependencies', Record<string, string>>;

interface Row {
  readonly name: string;
  readonly version: string;
  readonly purpose: string;
  readonly reason: string;
}

function rowsUnder(heading: string): Row[] {
  const section = read('docs/dependencies.md')
    .split(/^## /m)
    .find((text) => text.startsWith(heading));
  return (section ?? '').split('\n').flatMap((line) => {
    const [, name, version = '', purpose = '', reason = ''] =
      /^\| `([^`]+)` \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$/.exec(line) ?? [];
    return name ? [{ name, version, purpose, reason }] : [];
  });
}

describe.each([
  ['At run time', manifest.dependencies],
  ['For development', manifest.devDependencies],
])('the table of dependencies, %s', (heading, declared) => {
  const rows = rowsUnder(heading);

  it('names each package once, with the version that is installed, and none that is gone', () => {
    expect(rows.map(({ name }) => name)).toEqual([...new Set(rows.map(({ name }) => name))]);
    expect(Object.fromEntries(rows.map(({ name, version }) => [name, version]))).toEqual(declared);
  });

  it('says of each what it is for and why this one', () => {
    for (const { name, purpose, reason } of rows) {
      expect(purpose.trim(), name).not.toBe('');
      expect(reason.trim(), name).not.toBe('');
    }
  });

  it('stands in alphabetical order, so that a row is found', () => {
    const names = rows.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
  });
});
