import { skillErrors } from '../errors.ts';
import { parseDay } from '../text/calendar.ts';
import { currencyIn, parseAmount, type Writing, type WrittenCell, writingOf } from './amounts.ts';
import { DAY_FIELDS, type FieldName, MONEY_FIELDS } from './fields.ts';
import type { RawFields } from './raw-fields.ts';
import { rawInvoices } from './raw-invoices.ts';
import type { Sheet } from './read-rows.ts';
import { type Invoice, type Money, placeText, type Stated } from './types.ts';

/** Invoices of one sheet with exact amounts. Errors: KAZE_SKILL_INPUT_INVALID with file, line, column, found, expected. */
export function buildInvoices(sheet: Sheet): {
  readonly invoices: readonly Invoice[];
  readonly notes: readonly string[];
} {
  const raw = rawInvoices(sheet);
  const all = raw.flatMap(({ fields, items }) => [fields, ...items]);
  const cells = (names: readonly FieldName[]) =>
    all.flatMap((fields) => names.flatMap((name) => [fields.get(name)].filter((cell) => cell !== undefined)));
  const days = cells([...DAY_FIELDS, 'period']).flatMap((cell) =>
    splitPeriod(cell.text).map((text) => ({ ...cell, text })),
  );
  const writing = writingOf(cells(MONEY_FIELDS.filter((name) => name !== 'vatRate')), { days, german: sheet.german });
  const invoices = raw.map(({ place, fields, items }): Invoice => {
    const read = new FieldReader(fields, writing);
    const period = splitPeriod(fields.get('period')?.text ?? '');
    const within = (text: string | undefined) =>
      text === undefined ? undefined : read.dayIn({ ...fields.get('period')!, text });
    return {
      place,
      number: read.text('number'),
      vendor: read.text('vendor'),
      date: read.day('date'),
      due: read.day('due'),
      from: read.day('from') ?? within(period[0]),
      to: read.day('to') ?? within(period.at(-1)),
      currency: currencyOf(read, fields),
      taxId: read.text('taxId'),
      iban: read.text('iban'),
      net: read.money('net'),
      vat: read.money('vat'),
      total: read.money('total'),
      vatRate: read.money('vatRate'),
      items: items.map((item) => {
        const own = new FieldReader(item, writing);
        return {
          place: (item.get('amount') ?? item.get('description'))!.place,
          description: item.get('description')?.text ?? '',
          unit: item.get('unit')?.text ?? '',
          quantity: own.money('quantity'),
          price: own.money('price'),
          amount: own.money('amount'),
          vatRate: own.money('vatRate'),
        };
      }),
    };
  });
  const bare = invoices.find(({ items }) => items.length === 0);
  const noItems =
    sheet.form === 'lines' && bare
      ? [
          `${placeText(bare.place)}: no items were recognised, only the sums; prices and the sum of the items were not checked.`,
        ]
      : [];
  return { invoices, notes: [...sheet.notes, ...writing.notes, ...noItems] };
}

function currencyOf(read: FieldReader, fields: RawFields): Stated<string> | undefined {
  const named = read.text('currency') ?? read.text('total') ?? read.text('net');
  const found = named && currencyIn(named.text);
  if (named && found) return { ...named, value: found };
  const given = fields.get('currency');
  if (given === undefined) return undefined;
  if (/^[A-Za-z]{3}$/.test(given.text))
    return { value: given.text.toUpperCase(), text: given.text, place: given.place };
  throw wrong(given, 'a currency such as EUR');
}

/** A dash without blanks parts two days only behind a whole one: 2026-07-01 has two of its own. */
const BETWEEN_DAYS =
  /\s+(?:-|–|bis|to|until)\s+|(?<=[./\p{L}] ?\d{4})\s*[–-]\s*(?=\d{1,2}[./ ])|(?<=\d{4}-\d{2}-\d{2})\s*[–/-]\s*(?=\d{4})/u;

/** The days of "01.07.2026 - 31.07.2026" or of "1 to 31 July"; a single day is both ends. */
function splitPeriod(text: string): string[] {
  if (text === '') return [];
  return text.split(BETWEEN_DAYS).map((part) => part.trim());
}

class FieldReader {
  constructor(
    private readonly fields: RawFields,
    private readonly writing: Writing,
  ) {}

  text(name: FieldName): Stated<string> | undefined {
    const cell = this.fields.get(name);
    return cell && { value: cell.text, text: cell.text, place: cell.place };
  }

  day(name: FieldName): Stated<string> | undefined {
    const cell = this.fields.get(name);
    return cell && this.dayIn(cell);
  }

  dayIn(cell: WrittenCell): Stated<string> {
    const value = parseDay(cell.text, this.writing.order);
    if (value === undefined) throw wrong(cell, 'a day such as 2026-07-31, 31.07.2026 or July 31, 2026');
    return { value, text: cell.text, place: cell.place };
  }

  money(name: FieldName): Money | undefined {
    const cell = this.fields.get(name);
    if (cell === undefined) return undefined;
    const { decimal } = this.writing;
    // Rates are printed with either mark whatever the rest of the page does.
    const text = name === 'vatRate' ? cell.text.replace(/[.,](?=\d{1,2}\s*%?$)/, decimal) : cell.text;
    const value = parseAmount(text, decimal);
    if (value === undefined) {
      throw wrong(cell, `a number with a decimal ${decimal === ',' ? 'comma' : 'point'}, as elsewhere in the file`);
    }
    return { value, text: cell.text, place: cell.place };
  }
}

function wrong({ text, place }: WrittenCell, expected: string): Error {
  return skillErrors(
    'KAZE_SKILL_INPUT_INVALID',
    `${placeText(place)}: found "${text.slice(0, 60)}"; expected ${expected}`,
    {
      fields: {
        name: place.file,
        line: place.line,
        column: place.column,
        page: place.page,
        found: text.slice(0, 60),
        expected,
      },
    },
  );
}
