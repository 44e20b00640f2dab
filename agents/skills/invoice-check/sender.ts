import type { WrittenCell } from './amounts.ts';
import type { FieldName } from './fields.ts';
import { isPlausible } from './raw-fields.ts';
import { compactId } from './tax-ids.ts';

type Rows = ReadonlyArray<readonly WrittenCell[]>;

/** What a paper calls itself; a supplier's name is what is left of its line. */
const TITLE =
  /(?<!\p{L})(?:(?:tax|retail|sales|commercial|payment|vat)\s+)?(?:invoices?|bill|receipt|rechnung|gutschrift|facture|quittung)(?:\/bill)?(?!\p{L})/giu;
const PARTS = /\s+[-–·•|]\s+/;
const WITHIN = 12;

/**
 * Who sends an invoice, where no label says so: the name before the address in the small line over the recipient's, else
 * the first line of the page that is no title. Undefined rather than a guess from further below.
 */
export function letterhead(rows: Rows): WrittenCell | undefined {
  for (const { text, place } of rows.slice(0, WITHIN).flat()) {
    const [name, ...address] = text.split(PARTS);
    const isAddress = address.length >= 2 && address.some((part) => /(?<!\d)\d{4,5}(?!\d)/.test(part));
    if (isAddress && isName(name!)) return { text: name!, place };
  }
  for (const [first] of rows.slice(0, 2)) {
    if (!first) return undefined;
    const name = first.text.replaceAll(TITLE, '').trim();
    if (name !== '') return isName(name) ? { text: name, place: first.place } : undefined;
  }
  return undefined;
}

const isName = (text: string) => /\p{L}{2}/u.test(text) && text.length <= 60 && !/[:\d]/.test(text);

const TAX_ID =
  /(?:USt-?\s?Id(?:-?Nr)?|UID|VAT(?:\s(?:ID|no|number|reg(?:istration)?(?:\sno)?))?|TVA\s+intra-?\s?communautaire)\.?\s*:?\s*([A-Z]{2}\s?[\dA-Z]{1,4}(?:[ .]?\d{2,}){1,5})/gi;
const IBAN = /IBAN\s*:?\s*([A-Z]{2}\d{2}(?:\s?[A-Z\d]{2,4}){3,8})/g;

/** Ids in running text, such as a footer: taken where only one stands on the paper, since a buyer's may stand there too. */
export function loneIds(rows: Rows): Array<readonly [FieldName, WrittenCell]> {
  const cells = rows.flat();
  return (['taxId', 'iban'] as const).flatMap((field) => {
    const found = cells.flatMap(({ text, place }) =>
      [...text.matchAll(field === 'iban' ? IBAN : TAX_ID)]
        .map((match): WrittenCell => ({ text: match[1]!.trim(), place }))
        .filter((cell) => isPlausible(field, cell.text)),
    );
    return new Set(found.map(({ text }) => compactId(text))).size === 1 ? [[field, found[0]!] as const] : [];
  });
}
