import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTable, sourceOf } from '#platform/formats';

interface Case {
  readonly csv: string;
  readonly rows: ReadonlyArray<Readonly<Record<string, string>>>;
}

const spectrum = JSON.parse(
  readFileSync(new URL('../../../fixtures/public/csv-spectrum/spectrum.json', import.meta.url), 'utf8'),
) as Record<string, Case>;

describe('the CSV spectrum', () => {
  it.each(Object.entries(spectrum))('is read cell by cell: %s', async (name, { csv, rows }) => {
    const table = await readTable(sourceOf(`${name}.csv`, csv));
    const found: Array<Record<string, string>> = [];
    for await (const { cells } of table.rows) {
      found.push(Object.fromEntries(table.columns.map((column, at) => [column, cells[at]!])));
    }
    expect(found).toEqual(rows);
    expect(table.warnings).toEqual([]);
  });
});
