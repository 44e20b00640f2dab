import { describe, expect, it } from 'vitest';
import type { EarlierOutcome, Json } from '../../../../agents/skills/handler.ts';
import { invoiceCheck } from '../../../../agents/skills/invoice-check/index.ts';
import { checkIban, checkTaxId } from '../../../../agents/skills/invoice-check/tax-ids.ts';
import { fakeSkillContext, fileInput, textInput } from '../../../support/skills/context.ts';
import { scoreInvoices } from '../../../support/skills/measure-invoice-check.ts';

const TERMS = `vendor: Nordlicht GmbH
iban: DE89370400440532013000
currency: EUR
vat_rate: 19
payment_days: 30
prices:
  - item: Toner
    price: 89.50
    max_quantity: 4
`;
const HEAD =
  'Rechnungsnr.;Rechnungsdatum;Lieferant;Bezeichnung;Menge;Einzelpreis;Betrag netto;USt %;Summe netto;USt-Betrag;Bruttobetrag';
const GOOD = 'R1;01.07.2026;Nordlicht GmbH;Toner;2;89,50;179,00;19;179,00;34,01;213,01';

async function run(
  csv: string,
  more: { terms?: string; earlier?: Parameters<typeof fakeSkillContext>[0]['earlier'] } = {},
) {
  const inputs = { invoices: fileInput('bills.csv', csv), contract_terms: textInput(more.terms ?? TERMS) };
  const result = await invoiceCheck.run(fakeSkillContext({ inputs, earlier: more.earlier }));
  return { ...result, findings: result.outputs.findings as ReadonlyArray<Record<string, Json>> };
}

describe('invoices with planted faults', () => {
  it.each([
    { format: 'german-csv', invoices: 120, seed: 11 },
    { format: 'english-csv', invoices: 120, seed: 12 },
    { format: 'german-single', invoices: 60, seed: 13 },
    { format: 'pdf-de', invoices: 24, seed: 14 },
    { format: 'pdf-en', invoices: 24, seed: 15 },
  ] as const)('finds every fault of $format and none where there is none', { timeout: 120_000 }, async (options) => {
    const { missed, alarms, faults, clean } = await scoreInvoices(options);
    expect(missed).toEqual([]);
    expect(alarms.length / clean, alarms.join('\n')).toBeLessThanOrEqual(0.02);
    expect(faults).toBeGreaterThan(2);
  });
});

describe('what is found', () => {
  it('names the cell, what stands there and what should, to the cent', async () => {
    const { findings, metrics, outputs } = await run(`${HEAD}\n${GOOD.replace('179,00;19', '181,00;19')}\n`);
    const [sum] = findings.filter(({ kind }) => kind === 'line-amount');
    expect(sum).toMatchObject({
      severity: 'fault',
      file: 'bills.csv',
      line: 2,
      column: 7,
      found: '181.00',
      expected: '179.00',
      difference: '2.00',
    });
    expect(metrics).toMatchObject({ invoices_checked: 1, evidence_share: 1, terms_share: 1 });
    expect((outputs.invoices as ReadonlyArray<Record<string, Json>>)[0]).toMatchObject({
      number: 'R1',
      verdict: 'hold',
      total: '213.01',
    });
  });

  it('lets a right invoice pass', async () => {
    const { findings, summary } = await run(`${HEAD}\n${GOOD}\n`);
    expect(findings).toEqual([]);
    expect(summary).toBe('1 invoices without a fault.');
  });

  it('keeps amounts exact where floating point would not', async () => {
    const rows = Array.from(
      { length: 30 },
      (_, at) => `R1;01.07.2026;Nordlicht GmbH;Toner;1;0,10;0,10;19;3,00;0,57;3,57;${at + 1}`,
    );
    const { findings } = await run(`${HEAD};Pos\n${rows.join('\n')}\n`, {
      terms: TERMS.replace('    max_quantity: 4\n', ''),
    });
    expect(findings).toEqual([]);
  });

  describe.each([
    {
      form: 'YAML',
      terms:
        'vendor: Nordlicht GmbH\nprices:\n  - { item: Toner, price: 89.50 }\n  - { item: Toner, price: 92, valid_from: 2026-04-01 }\n',
    },
    {
      form: 'Markdown',
      terms:
        '# Contract with Nordlicht GmbH\n\n| Item | Unit price | Valid from |\n|---|---|---|\n| Toner | 89.50 | 2026-01-01 |\n| Toner | 92.00 | 2026-04-01 |\n',
    },
    {
      form: 'text',
      terms: 'Lieferant: Nordlicht GmbH\nToner: 89,50 EUR ab 01.01.2026\nToner: 92,00 EUR ab 1. April 2026\n',
    },
  ])('prices that change, agreed in $form', ({ terms }) => {
    const head = HEAD.replace('Lieferant', 'Leistungsdatum;Lieferant');
    const supplied = (day: string, price: '89,50' | '92,00') =>
      `${head}\nR1;01.05.2026;${day};Nordlicht GmbH;Toner;1;${price};${price};19;${price};${price === '92,00' ? '17,48;109,48' : '17,01;106,51'}\n`;

    it.each(['2026-04-01', '01.04.2026', '15.04.2026'])(
      'counts the one in force on %s, the day of supply',
      async (day) => {
        expect((await run(supplied(day, '92,00'), { terms })).findings).toEqual([]);
      },
    );

    it('holds a raise that was not in force yet, whatever the day of the invoice', async () => {
      const { findings } = await run(supplied('2026-03-31', '92,00'), { terms });
      expect(findings).toMatchObject([{ kind: 'price', found: '92.00', expected: '89.50', difference: '2.50' }]);
    });
  });

  it('reads a period of two whole days however they are parted', async () => {
    const head = HEAD.replace('Lieferant', 'Leistungszeitraum;Lieferant');
    for (const period of ['2026-07-01-2026-07-31', '2026-07-01/2026-07-31', '01.07.2026-31.07.2026', '2026-07-01']) {
      const { outputs } = await run(`${head}\n${GOOD.replace('Nordlicht', `${period};Nordlicht`)}\n`);
      const [invoice] = outputs.invoices as ReadonlyArray<Record<string, Json>>;
      expect(invoice, period).toMatchObject({ from: '2026-07-01' });
    }
  });

  it('knows an invoice from an earlier check again, also under another number', async () => {
    const earlier: EarlierOutcome[] = [
      {
        id: 'o1',
        task: 't1',
        deliveredAt: 1,
        outputs: {
          invoices: [
            { number: 'R0', vendor: 'Nordlicht', date: '2026-06-28', total: '213.01', currency: 'EUR', verdict: 'pay' },
            { number: 'R9', vendor: 'Nordlicht', date: '2026-02-28', total: '1.00', verdict: 'pay' },
          ],
        },
      },
    ];
    const twice = await run(`${HEAD}\n${GOOD}\n`, { earlier });
    expect(twice.findings).toMatchObject([{ kind: 'billed-twice', earlier: { number: 'R0', source: 'task t1' } }]);
    const again = await run(`${HEAD}\n${GOOD.replace('R1', 'r 9')}\n`, { earlier });
    expect(again.findings.map(({ kind }) => kind)).toContain('duplicate-number');
    const held: EarlierOutcome[] = [
      {
        ...earlier[0]!,
        outputs: { invoices: [{ number: 'R1', vendor: 'Nordlicht', total: '213.01', verdict: 'hold' }] },
      },
    ];
    expect((await run(`${HEAD}\n${GOOD}\n`, { earlier: held })).findings).toEqual([]);
  });

  it('compares invoices of several files with each other', async () => {
    const inputs = {
      invoices: fileInput('july.csv', `${HEAD}\n${GOOD}\n`),
      invoices_2: fileInput('again.csv', `${HEAD}\n${GOOD.replace('R1', 'r 1')}\n`),
      contract_terms: textInput(TERMS),
    };
    await invoiceCheck.check!(inputs);
    const { outputs, metrics } = await invoiceCheck.run(fakeSkillContext({ inputs }));
    expect(metrics).toMatchObject({ invoices_checked: 2 });
    expect(outputs.findings).toMatchObject([{ kind: 'duplicate-number', file: 'again.csv' }]);
  });

  it('takes terms from the knowledge of the client where none are given', async () => {
    const items = [
      {
        id: 'k1',
        path: 'client/acme/contracts/nordlicht',
        title: 'Nordlicht GmbH',
        text: 'Payment: 30 days\nToner: EUR 80.00 per piece',
      },
    ];
    const result = await invoiceCheck.run(
      fakeSkillContext({ inputs: { invoices: fileInput('bills.csv', `${HEAD}\n${GOOD}\n`) }, items }),
    );
    expect(result.outputs.findings).toMatchObject([
      { kind: 'price', found: '89.50', expected: '80.00', difference: '19.00' },
    ]);
    expect(result.citations?.knowledge).toEqual(['k1']);
  });
});

describe('bad and hostile input', () => {
  it.each([
    [
      'a number that is none',
      `${HEAD}\n${GOOD.replace('89,50', 'neunzig')}\n`,
      /bills\.csv, line 2, column 6: found "neunzig"; expected a number with a decimal comma/,
    ],
    [
      'a day that no calendar has',
      `${HEAD}\n${GOOD.replace('01.07.2026', '31.06.2026')}\n`,
      /line 2, column 2: found "31\.06\.2026"; expected a day/,
    ],
    [
      'two decimal marks in one file',
      `${HEAD}\n${GOOD}\n${GOOD.replace('89,50', '89.50').replace('R1', 'R2')}\n`,
      /numbers are written in two ways: .*line 2.*line 3, column 6/,
    ],
    [
      'columns that mean nothing',
      'Rechnungsnumer;Datum;Sume\nR1;1.7.2026;3,00\n',
      /line 1, column 1: found the columns .*"Rechnungsnumer" is near "Rechnungsnummer"/,
    ],
    [
      'the export of another product',
      'Top queries,Clicks,Impressions,CTR,Position\nbread,5,100,5%,3.2\n',
      /line 1, column 1: found the columns "Top queries".*nearest to a Google Search Console performance export/,
    ],
    [
      'a column twice',
      `${HEAD};Beschreibung\n${GOOD};x\n`,
      /line 1, column 12: found "Beschreibung", and "Bezeichnung" in column 4 means the same/,
    ],
    [
      'a cell too many',
      `${HEAD}\n${GOOD};zu viel\n`,
      /line 2, column 12: found "zu viel" behind the last of 11 columns/,
    ],
    ['a web page', '<!doctype html><html><body>Rechnung</body></html>', /bills\.csv/],
  ])('refuses %s before work starts, with the place', async (_what, csv, message) => {
    await expect(invoiceCheck.check!({ invoices: fileInput('bills.csv', csv) })).rejects.toThrow(message);
  });

  it('names place and nearest key in terms', async () => {
    const inputs = {
      invoices: fileInput('bills.csv', `${HEAD}\n${GOOD}\n`),
      contract_terms: fileInput('terms.yaml', TERMS.replace('payment_days', 'payment_day')),
    };
    await expect(invoiceCheck.check!(inputs)).rejects.toThrow(
      /terms\.yaml, line 5, column 1: found the key "payment_day"; .*nearest is "payment_days"/,
    );
  });

  it('writes nothing that a spreadsheet runs or a page follows', async () => {
    const hostile = '=HYPERLINK(""http://evil.example"",""x"")[pay](http://evil.example)<script>alert(1)</script>';
    const { outputs } = await run(`${HEAD}\n${GOOD.replace(';Toner;', `;"${hostile}";`)}\n`);
    expect(outputs.findings_csv).not.toMatch(/(^|,)"?=HYPERLINK/m);
    expect(outputs.report).not.toMatch(/<script|[^\\]\]\(|http:\/\//);
    expect(outputs.report).toContain('HYPERLINK');
  });
});

describe('tax ids and accounts', () => {
  it.each([
    ['DE136695976', 'right'],
    ['DE136695975', 'wrong'],
    ['ATU13585627', 'right'],
    ['FR40303265045', 'right'],
    ['FR41303265045', 'wrong'],
    ['GB980780684', 'right'],
    ['CHE-100.155.212 MWST', 'right'],
    ['CHE-100.155.213 MWST', 'wrong'],
    ['NL004495445B01', 'right'],
    ['EL094259216', 'right'],
    ['IT00743110157', 'right'],
    ['IT00743110158', 'wrong'],
    ['91-1144442', 'right'],
    ['07-1144442', 'wrong'],
    ['XX123', 'unknown'],
  ])('judges %s by its check digits: %s', async (id, verdict) => {
    expect((await checkTaxId(id)).verdict).toBe(verdict);
  });

  it('judges IBANs by length and check digits, however they are spaced', () => {
    expect(checkIban('DE89 3704 0044 0532 0130 00')).toBe(true);
    expect(checkIban('DE89 3704 0044 0532 0130 01')).toBe(false);
  });
});
