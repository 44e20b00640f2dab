import { describe, expect, it } from 'vitest';
import { profile } from '../../../../agents/skills/lead-scoring/analyse.ts';
import { chooseColumns } from '../../../../agents/skills/lead-scoring/choose-columns.ts';
import { readLeads } from '../../../../agents/skills/lead-scoring/read-leads.ts';
import { measurePipeline, readPipeline } from '../../../../agents/skills/report-generator/pipeline.ts';
import { Sources } from '../../../../agents/skills/report-generator/sourced.ts';
import { type CrmExport, STANDARD_EXPORTS } from '../../../fixtures/crm-exports/index.ts';
import { fileInput } from '../../../support/skills/context.ts';

const read = async ({ name, text }: CrmExport) => profile(await readLeads(fileInput(name, text), 'leads'));

describe.each(STANDARD_EXPORTS)('the standard columns of $product', (given) => {
  it('are taken for what they are', async () => {
    const { table, columns, outcomes } = await read(given);
    expect([outcomes!.column.header, outcomes!.created?.header]).toEqual([given.outcome, given.created]);
    const counted = (wanted: string) => outcomes!.outcomes.filter((one) => one === wanted).length;
    expect({ won: counted('won'), lost: counted('lost'), open: counted('open') }).toEqual(given.counts);
    const { used, email, leftOut } = chooseColumns(columns, outcomes!, []);
    expect(used.map(({ header }) => header).sort()).toEqual([...given.used].sort());
    expect(email?.header).toBe(given.email);
    // No person's age, sex or health is in these: the age of an opportunity is not one.
    const because = (wanted: string) => leftOut.filter((one) => one.because === wanted).map(({ column }) => column);
    expect([...because('sensitive'), ...because('proxy')]).toEqual([]);
    expect(because('leaked').sort()).toEqual([...given.leaked].sort());
    expect(table.notes.join(' ')).toMatch(given.notes);
  });
});

describe('a pipeline that keeps the planned day of closing beside the true one', () => {
  it('counts a deal in the month in which it was decided, and calls open ones late by the planned day', async () => {
    const pipedrive = STANDARD_EXPORTS.find(({ product }) => product.startsWith('Pipedrive'))!;
    const row = (id: number, status: string, days: readonly [won: string, lost: string, expected: string]) =>
      pipedrive.row(id, { status, created: '2026-07-01 09:30:12', days, value: 100 });
    const text = [
      pipedrive.header,
      row(1, 'Won', ['2026-10-02 10:00:00', '', '2026-09-15']),
      row(2, 'Lost', ['', '2026-10-05 10:00:00', '2026-09-20']),
      row(3, 'Open', ['', '', '2026-09-30']),
      row(4, 'Open', ['', '', '2026-12-24']),
    ].join('\n');
    const sources = new Sources();
    const october = { from: '2026-10-01', to: '2026-10-31' };
    const figures = await measurePipeline((await readPipeline({ pipeline: fileInput('deals.csv', text) }))!, {
      ...{ sources, period: october, compared: { from: '2026-09-01', to: '2026-09-30' } },
      periodSource: sources.input('period'),
    });
    const { now, before, riskCounts } = figures;
    expect([now.won.value, now.lost.value, before.won.value, before.lost.value]).toEqual([1, 1, 0, 0]);
    expect(now.wonValue!.value).toBe(100);
    expect(riskCounts['past-closing'].value).toBe(1);
  });
});

it('calls no lead lost that its status says is open, be none lost at all', async () => {
  const text = 'Deal - ID,Deal - Status,Deal - Value\n1,Won,9\n2,Open,9\n3,Open,9\n';
  const { outcomes } = profile(await readLeads(fileInput('deals.csv', text), 'leads'));
  expect(outcomes!.outcomes).toEqual(['won', 'open', 'open']);
});
