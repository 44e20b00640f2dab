import { CONFIDENCE, type Fact, type FactPattern } from './fact.ts';

export interface TableCell {
  readonly column: string;
  readonly value: string;
}

const MAX_SUBJECT = 200;
const MAX_VALUE = 500;
const EMPTY = /^(?:[-–—.?]|n\/?a|none|null|nil|tbd)?$/i;

/** Rows of a table as the readers write it: cells joined by ` | `, the header first. Rows that do not fit are left out. */
export function tableRows(text: string): TableCell[][] {
  const [header, ...rows] = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  if (!header || header.length < 2 || header.filter((column) => column !== '').length < 2) return [];
  return rows.flatMap((cells) => {
    if (cells.length > header.length || cells.length < 2) return [];
    return [header.map((column, at) => ({ column, value: cells[at] ?? '' }))];
  });
}

/** Rows of a sheet as the readers write them: `column: value; column: value`, one a line. */
export function sheetRows(text: string): TableCell[][] {
  return text.split('\n').map((line) =>
    line.split(/; (?=[^:;]{1,80}: )/).flatMap((cell): TableCell[] => {
      const colon = cell.indexOf(': ');
      return colon < 1 ? [] : [{ column: cell.slice(0, colon).trim(), value: cell.slice(colon + 2).trim() }];
    }),
  );
}

/** (subject, column, value) for every filled cell beside the first, which names what the row is about. */
export function rowFacts(rows: readonly TableCell[][], pattern: FactPattern & ('table' | 'row')): Fact[] {
  return rows.flatMap((cells) => {
    const [first, ...others] = cells;
    if (!first || first.column === '' || EMPTY.test(first.value) || first.value.length > MAX_SUBJECT) return [];
    // "7" is no subject, "Grade 7" is one.
    const subject = /\p{L}/u.test(first.value) ? first.value : `${first.column} ${first.value}`;
    return others.flatMap(({ column, value }): Fact[] => {
      if (column === '' || column.length > 120 || EMPTY.test(value) || value.length > MAX_VALUE) return [];
      return [
        {
          subject,
          predicate: column,
          value,
          text: `${subject} – ${column}: ${value}`,
          confidence: CONFIDENCE[pattern],
          pattern,
        },
      ];
    });
  });
}

const KIND_BY_HEADER: ReadonlyArray<[pattern: RegExp, kind: 'organisation' | 'person' | 'place']> = [
  [
    /^(?:supplier|vendor|company|customer|client|organi[sz]ation|firm|firma|lieferant|kunde|unternehmen)(?: name)?$/i,
    'organisation',
  ],
  [
    /^(?:contact|contact person|person|employee|manager|owner|ansprechpartner(?:in)?|mitarbeiter(?:in)?|full name)$/i,
    'person',
  ],
  [/^(?:city|town|country|place|location|ort|stadt|land|standort)$/i, 'place'],
];

/** What a column of this name holds, where that is beyond doubt. */
export function kindOfColumn(column: string): 'organisation' | 'person' | 'place' | undefined {
  return KIND_BY_HEADER.find(([pattern]) => pattern.test(column.trim()))?.[1];
}

/** Cells under such a column that look like a name: capitalised, few words, no digits. */
export function looksLikeName(value: string, kind: 'organisation' | 'person' | 'place'): boolean {
  if (value.length < 3 || value.length > 100 || /[;@\n]/.test(value)) return false;
  const words = value.split(/\s+/);
  if (kind === 'person')
    return words.length >= 2 && words.length <= 5 && words.every((word) => /^\p{Lu}[\p{L}.'’-]*$/u.test(word));
  return words.length <= 7 && /^[\p{Lu}\d]/u.test(value);
}
