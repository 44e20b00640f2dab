import { describe, expect, it } from 'vitest';
import { styleFor } from '../../../../deploy/cli/output/style.ts';
import { table } from '../../../../deploy/cli/output/table.ts';
import { cut, harmless, widthOf, wrap } from '../../../../deploy/cli/output/text.ts';
import { bytes, dollars, duration, localTime, place } from '../../../../deploy/cli/output/values.ts';

describe('text from elsewhere', () => {
  it('loses what moves the cursor, recolours or reorders', () => {
    expect(harmless('a\u001b[31mred\u001b[0m\u001b]0;title\u0007\rb\u202ec\nd\te')).toBe('aredbc\nd\te');
  });

  it('is measured and cut by what a terminal shows', () => {
    expect(widthOf('日本')).toBe(4);
    expect(widthOf('e\u0301')).toBe(1);
    expect(cut('日本語', 5)).toBe('日本…');
    expect(cut('short', 5)).toBe('short');
  });

  it('is wrapped between words, and never loses one', () => {
    expect(wrap('one two three four five six', 20, '  ')).toBe('  one two three four\n  five six');
  });
});

describe('a table', () => {
  const rows = [{ id: '0123456789', text: 'a long text that does not fit' }];
  const columns = [
    { title: 'ID', value: (row: (typeof rows)[number]) => row.id },
    { title: 'TEXT', value: (row: (typeof rows)[number]) => row.text, flexible: true },
  ];

  it('cuts flexible columns to the terminal, never ids', () => {
    expect(table(rows, columns, 24)).toBe('ID          TEXT\n0123456789  a long text…');
  });

  it('cuts nothing in a pipe', () => {
    expect(table(rows, columns)).toContain('a long text that does not fit');
  });
});

describe('values', () => {
  it('shows instants in local time with the offset', () => {
    const shown = localTime('2026-11-22T18:04:11.000Z');
    expect(shown).toMatch(/^2026-11-2\dT\d{2}:\d{2}:11[+-]\d{2}:\d{2}$/);
    expect(Date.parse(shown)).toBe(Date.parse('2026-11-22T18:04:11.000Z'));
    expect(localTime(null)).toBe('-');
  });

  it('shows sizes, money and spans for people', () => {
    expect([bytes(999), bytes(1_000), bytes(200_000_000)]).toEqual(['999 B', '1.0 kB', '200.0 MB']);
    expect([dollars(4_200), dollars(2_500_000), dollars(0)]).toEqual(['0.004200 USD', '2.50 USD', '0.00 USD']);
    expect([duration(250), duration(61_000)]).toEqual(['250 ms', '1 min 1 s']);
    expect(place({ headings: ['A', 'B'], page: 3, line: 9 })).toBe('A > B, page 3');
  });

  it('are not coloured in a pipe, with NO_COLOR, or on a dumb terminal', () => {
    const terminal = { write: () => true, isTTY: true };
    expect(styleFor(terminal, {})('x', 'red')).not.toBe('x');
    expect(styleFor(terminal, { NO_COLOR: '1' })('x', 'red')).toBe('x');
    expect(styleFor(terminal, { TERM: 'dumb' })('x', 'red')).toBe('x');
    expect(styleFor({ write: () => true }, {})('x', 'red')).toBe('x');
  });
});
