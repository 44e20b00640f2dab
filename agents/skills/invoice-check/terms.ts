import { BigNumber } from 'bignumber.js';
import { skillErrors } from '../errors.ts';
import { MONTH_WORDS, parseDay } from '../text/calendar.ts';
import { type ByteSource, collectText } from '../text/collect-text.ts';
import { currencyIn, parseAmount, type WrittenCell, writingOf } from './amounts.ts';
import { fieldOf, folded } from './fields.ts';
import { yamlTerms } from './terms-yaml.ts';
import { type AgreedPrice, type Place, placeText, type Terms } from './types.ts';

/**
 * Contract terms as clients write them: YAML, Markdown, plain text; several contracts in one file where each begins with
 * its supplier. Errors: KAZE_SKILL_INPUT_INVALID with the place.
 */
export async function readTerms(source: ByteSource, signal?: AbortSignal): Promise<Terms[]> {
  const { name } = source;
  if (/\.ya?ml$/i.test(name)) return yamlTerms(name, await collectText(source));
  const lines = await collectText(source, signal);
  if (/^(vendor|contracts|lieferant):/m.test(lines) && /^(prices|preise):\s*$/m.test(lines))
    return yamlTerms(`${name}`, lines);
  return textTerms(name, lines);
}

const VENDOR =
  /^(?:#+\s*)?(?:(?:Vertrag|Rahmenvertrag|Vereinbarung)\s+mit\s+|(?:Contract|Agreement|Terms)\s+(?:with|of)\s+|(?:Lieferant|Vendor|Supplier|Anbieter)\s*:\s*)(.+?)\s*$/i;
const LABELS: ReadonlyArray<readonly [RegExp, keyof Draft]> = [
  [/^(?:payment(?: terms)?|zahlungsziel|zahlungsbedingungen|terms of payment)$/i, 'payment'],
  [/^(?:umsatzsteuer|mwst|ust|mehrwertsteuer|vat|vat rate|tax rate|steuersatz)$/i, 'vat'],
  [/^(?:rabatt|nachlass|discount|agreed discount)$/i, 'discount'],
  [/^(?:other items|weitere leistungen|sonstige leistungen)$/i, 'other'],
];

interface Draft {
  place: Place;
  vendor: string;
  taxId?: WrittenCell;
  iban?: WrittenCell;
  currency?: WrittenCell;
  payment?: WrittenCell;
  vat?: WrittenCell;
  discount?: WrittenCell;
  other?: WrittenCell;
  rows: Array<{ item: string; unit?: string; price: WrittenCell; max?: WrittenCell; from?: string }>;
}

const NUMBER = String.raw`\d[\d.,’']*`;
const MONEY = new RegExp(String.raw`(?:EUR|USD|GBP|CHF|€|\$|£)\s*(${NUMBER})|(${NUMBER})\s*(?:EUR|USD|GBP|CHF|€)`, 'i');
const MAXIMUM = new RegExp(
  String.raw`(?:höchstens|maximal|max\.?|bis zu|at most|up to|no more than|capped at)\s+(${NUMBER})`,
  'i',
);

const BEGINNING = new RegExp(
  String.raw`(?:\b(?:from|as of|since|valid from|ab|ab dem|seit|gültig ab)\s+)(\d{4}-\d{2}-\d{2}|\d{1,2}\. ?\d{1,2}\. ?\d{4}|\d{1,2}\.? (?:${MONTH_WORDS}) \d{4})`,
  'iu',
);

function dayIn({ text, place }: WrittenCell): string {
  const day = parseDay(text);
  if (day !== undefined) return day;
  throw skillErrors(
    'KAZE_SKILL_INPUT_INVALID',
    `${placeText(place)}: found "${text.slice(0, 60)}"; expected the day from which the price holds, such as 2026-04-01`,
    { fields: { ...place, found: text.slice(0, 60), expected: 'a day' } },
  );
}

function textTerms(file: string, text: string): Terms[] {
  const drafts: Draft[] = [];
  let columns: string[] | undefined;
  text.split(/\r?\n/).forEach((raw, at) => {
    const line = raw.trim();
    const place: Place = { file, line: at + 1, column: raw.length - raw.trimStart().length + 1 };
    const vendor = VENDOR.exec(line)?.[1];
    if (vendor) {
      drafts.push({ place, vendor, rows: [] });
      columns = undefined;
      return;
    }
    const draft = drafts.at(-1);
    if (!draft || line === '') return;
    if (line.startsWith('|')) {
      const cells = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      if (cells.every((cell) => /^:?-+:?$/.test(cell))) return;
      if (!columns) columns = cells;
      else readTableRow(draft, { columns, cells, place });
      return;
    }
    columns = undefined;
    readTextLine(draft, line.replace(/^[-*•]\s+/, ''), place);
  });
  if (drafts.length === 0) {
    throw skillErrors(
      'KAZE_SKILL_INPUT_INVALID',
      `${file}, line 1, column 1: found "${text.trim().slice(0, 60)}"; expected contract terms that name the supplier first ("Supplier: Name", "# Contract with Name", "vendor: Name" in YAML)`,
      { fields: { name: file, line: 1, column: 1, expected: 'Supplier: Name' } },
    );
  }
  return drafts.map((draft) => settle(draft));
}

function readTableRow(
  draft: Draft,
  { columns, cells, place }: { columns: readonly string[]; cells: readonly string[]; place: Place },
): void {
  const cell = (test: (name: string) => boolean) => {
    const at = columns.findIndex(test);
    return at < 0 || !cells[at] ? undefined : { text: cells[at]!, place: { ...place, column: at + 1 } };
  };
  const item = cell((name) => fieldOf(name) === 'description');
  const price = cell((name) => fieldOf(name) === 'price');
  if (!item || !price) return;
  const unit = cell((name) => fieldOf(name) === 'unit')?.text;
  const max = cell((name) => /max|höchst/i.test(name));
  const begins = cell((name) => /^(?:valid )?from$|^(?:gültig )?(?:ab|seit|von)$|^since$/i.test(name));
  const from = begins && dayIn(begins);
  draft.rows.push({
    item: item.text,
    ...(unit ? { unit } : {}),
    price,
    ...(max ? { max } : {}),
    ...(from ? { from } : {}),
  });
}

function readTextLine(draft: Draft, line: string, place: Place): void {
  const labelled = /^(.{2,80}?)\s*:\s+(\S.*)$/.exec(line);
  if (!labelled) return;
  const [, label, rest] = labelled as unknown as [string, string, string];
  const value: WrittenCell = { text: rest, place };
  const field = fieldOf(label);
  if (field === 'taxId' || field === 'iban' || field === 'currency') {
    draft[field] = value;
    return;
  }
  const known = LABELS.find(([pattern]) => pattern.test(label.trim()))?.[1];
  if (known) {
    Object.assign(draft, { [known]: value });
    return;
  }
  const money = MONEY.exec(rest);
  if (!money) return;
  const unit = /(?:\bje|\bpro|\bper|\/)\s*([\p{L}]+)/u.exec(rest)?.[1];
  const max = MAXIMUM.exec(rest)?.[1];
  const begins = BEGINNING.exec(rest)?.[1];
  const from = begins && dayIn({ text: begins.trim(), place });
  draft.rows.push({
    item: label,
    ...(unit ? { unit } : {}),
    price: { text: (money[1] ?? money[2])!, place },
    ...(max ? { max: { text: max, place } } : {}),
    ...(from ? { from } : {}),
  });
  draft.currency ??= currencyIn(money[0]) ? { text: currencyIn(money[0])!, place } : undefined;
}

function settle(draft: Draft): Terms {
  const numbers = draft.rows.map(({ price }) => price);
  const { decimal } = writingOf(numbers, {
    days: [],
    german: /vertrag|zahlungsziel|lieferant/i.test(draft.vendor) || draft.payment?.text.includes('Tage') === true,
  });
  const exact = (cell: WrittenCell): BigNumber => {
    const value = parseAmount(cell.text, decimal);
    if (value !== undefined) return value;
    throw skillErrors(
      'KAZE_SKILL_INPUT_INVALID',
      `${placeText(cell.place)}: found "${cell.text.slice(0, 60)}"; expected a price, as elsewhere in the file`,
      {
        fields: { ...cell.place, found: cell.text.slice(0, 60), expected: 'a price' },
      },
    );
  };
  const percent = (cell: WrittenCell | undefined): BigNumber | undefined => {
    const found =
      cell &&
      (/(\d{1,2}(?:[.,]\d{1,2})?)\s*%/.exec(cell.text)?.[1] ?? /^(\d{1,2}(?:[.,]\d{1,2})?)$/.exec(cell.text)?.[1]);
    if (found) return new BigNumber(found.replace(',', '.'));
    return cell && /reverse charge|steuerschuldnerschaft/i.test(cell.text) ? new BigNumber(0) : undefined;
  };
  const days = /(\d{1,3})/.exec(draft.payment?.text ?? '')?.[1];
  const currency = draft.currency
    ? currencyIn(draft.currency.text)
    : draft.rows.map(({ price }) => currencyIn(price.text)).find(Boolean);
  const vatRate = percent(draft.vat);
  const discountPercent = percent(draft.discount);
  return {
    place: draft.place,
    vendor: draft.vendor,
    ...(draft.taxId ? { taxId: draft.taxId.text } : {}),
    ...(draft.iban ? { iban: draft.iban.text } : {}),
    ...(currency ? { currency } : {}),
    ...(vatRate ? { vatRate } : {}),
    ...(discountPercent ? { discountPercent } : {}),
    ...(days ? { paymentDays: Number(days) } : {}),
    otherItems: /allowed|erlaubt|yes|ja/i.test(draft.other?.text ?? ''),
    prices: draft.rows.map(
      ({ item, unit, price, max, from }): AgreedPrice => ({
        item,
        price: exact(price),
        place: price.place,
        ...(unit ? { unit } : {}),
        ...(max ? { maxQuantity: exact(max) } : {}),
        ...(from ? { validFrom: from } : {}),
      }),
    ),
  };
}

const LEGAL_FORMS = /\b(gmbh|mbh|ag|kg|ohg|og|gbr|ug|se|ltd|limited|llc|inc|corp|plc|sarl|sas|sa|bv|nv|co)\b\.?/gi;

/** Names of suppliers are compared without their legal form, accents, blanks and marks. */
export function vendorKey(name: string): string {
  return folded(name.replaceAll(LEGAL_FORMS, ' ')) || folded(name);
}
