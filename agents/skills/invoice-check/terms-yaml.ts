import { BigNumber } from 'bignumber.js';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { nearestName } from '#platform';
import { skillErrors } from '../errors.ts';
import { parseDay } from '../text/calendar.ts';
import { currencyIn } from './amounts.ts';
import { type AgreedPrice, type Place, placeText, type Terms } from './types.ts';

const KEYS = [
  'vendor',
  'tax_id',
  'iban',
  'currency',
  'vat_rate',
  'payment_days',
  'discount_percent',
  'other_items',
  'prices',
];
const PRICE_KEYS = ['item', 'unit', 'price', 'max_quantity', 'valid_from'];

/** One contract, or a list of them under `contracts`. Errors: KAZE_SKILL_INPUT_INVALID with line and column. */
export function yamlTerms(file: string, text: string): Terms[] {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    stringKeys: true,
    logLevel: 'silent',
    maxAliasCount: 0,
  } as never);
  const at = (node: Node | null | undefined): Place => {
    const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const fail = (place: Place, found: string, expected: string): never => {
    throw skillErrors('KAZE_SKILL_INPUT_INVALID', `${placeText(place)}: found ${found}; expected ${expected}`, {
      fields: { name: file, line: place.line, column: place.column, found, expected },
    });
  };
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    fail({ file, line, column: col }, `no valid YAML (${error.code})`, 'keys and values, indented by blanks');
  }
  const root = document.contents;
  const list = isMap(root) ? root.get('contracts', true) : undefined;
  const maps: unknown[] = isSeq(list) ? list.items : [root];
  return maps.map((map) => {
    if (!isMap(map)) return fail(at(map as Node), 'no mapping', 'a contract with the keys vendor and prices');
    return contract(map, { at, fail });
  });
}

interface Reading {
  readonly at: (node: Node | null | undefined) => Place;
  readonly fail: (place: Place, found: string, expected: string) => never;
}

function checkKeys(map: YAMLMap, keys: readonly string[], { at, fail }: Reading): void {
  for (const { key } of map.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (keys.includes(name)) continue;
    const near = nearestName(name, keys);
    fail(at(key as Node), `the key "${name}"`, `one of ${keys.join(', ')}${near ? `; the nearest is "${near}"` : ''}`);
  }
}

function contract(map: YAMLMap, reading: Reading): Terms {
  checkKeys(map, KEYS, reading);
  const { at, fail } = reading;
  const node = (key: string, of: YAMLMap = map) => of.get(key, true) as Node | undefined;
  const text = (key: string): string | undefined => {
    const value = node(key);
    return isScalar(value) && value.value !== null ? String(value.value).trim() : undefined;
  };
  const decimal = (key: string, of: YAMLMap = map): BigNumber | undefined => {
    const value = node(key, of);
    if (value === undefined) return undefined;
    // As written: a number that went through floating point is not exact any more.
    const written = isScalar(value) ? (value.source ?? String(value.value)).trim() : '';
    if (/^\d+(\.\d+)?$/.test(written)) return new BigNumber(written);
    return fail(at(value), `"${written || 'no number'}" as ${key}`, 'a number with a decimal point, such as 95.00');
  };
  const day = (entry: YAMLMap): string | undefined => {
    const value = node('valid_from', entry);
    if (value === undefined) return undefined;
    const written = isScalar(value) ? (value.source ?? String(value.value)).trim() : '';
    return parseDay(written) ?? fail(at(value), `"${written}" as valid_from`, 'a day such as 2026-04-01');
  };
  const vendor = text('vendor');
  if (!vendor) return fail(at(map), 'a contract without "vendor"', 'vendor: "Name of the supplier"');
  const list = node('prices');
  if (list !== undefined && !isSeq(list)) return fail(at(list), 'no list under "prices"', 'a list of item and price');
  const prices = (isSeq(list) ? list.items : []).map((entry): AgreedPrice => {
    if (!isMap(entry)) return fail(at(entry as Node), 'no mapping', 'item and price');
    checkKeys(entry, PRICE_KEYS, reading);
    const item = entry.get('item');
    const price = decimal('price', entry);
    if (typeof item !== 'string' || !price)
      return fail(at(entry), 'a price without item or number', '- item: "Name", price: 95.00');
    const unit = entry.get('unit');
    const maxQuantity = decimal('max_quantity', entry);
    const validFrom = day(entry);
    return {
      item,
      price,
      place: at(entry),
      ...(unit ? { unit: String(unit) } : {}),
      ...(maxQuantity ? { maxQuantity } : {}),
      ...(validFrom ? { validFrom } : {}),
    };
  });
  const [vatRate, discountPercent, days] = [decimal('vat_rate'), decimal('discount_percent'), decimal('payment_days')];
  const [taxId, iban] = [text('tax_id'), text('iban')];
  const currency = text('currency');
  return {
    place: at(map),
    vendor,
    prices,
    otherItems: map.get('other_items') === true || map.get('other_items') === 'allowed',
    ...(taxId ? { taxId } : {}),
    ...(iban ? { iban } : {}),
    ...(currency ? { currency: currencyIn(currency) ?? currency.toUpperCase() } : {}),
    ...(vatRate ? { vatRate } : {}),
    ...(discountPercent ? { discountPercent } : {}),
    ...(days ? { paymentDays: days.toNumber() } : {}),
  };
}
