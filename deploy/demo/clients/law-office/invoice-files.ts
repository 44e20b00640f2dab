import { CSV_SPELLINGS, formatDate, formatNumber, type Locale, type Random, writeCsv } from '../generate/index.ts';
import type { Invoice } from './invoice.ts';
import { tablePdf } from './table-pdf.ts';

export const INVOICE_FORMATS = ['german-csv', 'english-csv', 'german-single', 'pdf-en', 'pdf-de'] as const;
export type InvoiceFormat = (typeof INVOICE_FORMATS)[number];

interface Written {
  readonly files: Record<string, Uint8Array>;
  /** By place of the invoice. */
  readonly fileOf: string[];
}

const amount = (cents: number, locale: Locale): string =>
  formatNumber(cents / 100, locale, { decimals: 2, grouping: true });
const count = (hundredths: number, locale: Locale): string =>
  formatNumber(hundredths / 100, locale, { grouping: true });

export function writeInvoices(
  invoices: readonly Invoice[],
  { format, random }: { format: InvoiceFormat; random: Random },
): Written {
  switch (format) {
    case 'german-csv':
      return oneFile('rechnungen-q3.csv', writeCsv(germanRows(invoices), CSV_SPELLINGS['excel-semicolon']), invoices);
    case 'english-csv':
      return oneFile('bills-q3.csv', writeCsv(englishRows(invoices), CSV_SPELLINGS['all-quoted']), invoices);
    case 'german-single':
      return each(invoices, 'csv', (invoice) =>
        writeCsv(singleRows(invoice), CSV_SPELLINGS[random.pick(['excel-semicolon', 'excel-ansi'] as const)]),
      );
    case 'pdf-en':
      return each(invoices, 'pdf', (invoice) => pdf(invoice, 'en'));
    case 'pdf-de':
      return each(invoices, 'pdf', (invoice) => pdf(invoice, 'de'));
  }
}

function oneFile(name: string, bytes: Uint8Array, invoices: readonly Invoice[]): Written {
  return { files: { [name]: bytes }, fileOf: invoices.map(() => name) };
}

function each(invoices: readonly Invoice[], end: string, write: (invoice: Invoice) => Uint8Array): Written {
  const files: Record<string, Uint8Array> = {};
  const fileOf = invoices.map((invoice, at) => {
    const name = `${String(at + 1).padStart(4, '0')}-${invoice.number.replaceAll(/[^\w-]/g, '_')}.${end}`;
    files[name] = write(invoice);
    return name;
  });
  return { files, fileOf };
}

/** A line an item; what belongs to the invoice is repeated. */
function germanRows(invoices: readonly Invoice[]): string[][] {
  const head = [
    'Rechnungsnr.',
    'Rechnungsdatum',
    'Fällig am',
    'Leistungszeitraum von',
    'Leistungszeitraum bis',
    'Lieferant',
    'USt-IdNr.',
    'IBAN',
    'Währung',
    'Pos.',
    'Bezeichnung',
    'Menge',
    'Einheit',
    'Einzelpreis netto',
    'Betrag netto',
    'USt %',
    'Summe netto',
    'USt-Betrag',
    'Bruttobetrag',
  ];
  const rows = invoices.flatMap((invoice) =>
    invoice.lines.map((line, at) => [
      invoice.number,
      formatDate(invoice.date, 'german'),
      formatDate(invoice.due, 'german'),
      formatDate(invoice.from, 'german'),
      formatDate(invoice.to, 'german'),
      invoice.supplier.name,
      invoice.taxId,
      invoice.iban ?? '',
      invoice.supplier.currency,
      String(at + 1),
      line.description,
      count(line.quantity, 'de-DE'),
      line.unit,
      amount(line.price, 'de-DE'),
      amount(line.amount, 'de-DE'),
      formatNumber(invoice.vatRate, 'de-DE'),
      amount(invoice.net, 'de-DE'),
      amount(invoice.vat, 'de-DE'),
      amount(invoice.total, 'de-DE'),
    ]),
  );
  return [head, ...rows];
}

function englishRows(invoices: readonly Invoice[]): string[][] {
  const head = [
    'ContactName',
    'InvoiceNumber',
    'InvoiceDate',
    'DueDate',
    'PeriodStart',
    'PeriodEnd',
    'TaxNumber',
    'BankAccount',
    'Currency',
    'Description',
    'Quantity',
    'UnitAmount',
    'LineAmount',
    'TaxRate',
    'SubTotal',
    'TaxTotal',
    'Total',
  ];
  const rows = invoices.flatMap((invoice) =>
    invoice.lines.map((line) => [
      invoice.supplier.name,
      invoice.number,
      formatDate(invoice.date, 'british'),
      formatDate(invoice.due, 'british'),
      formatDate(invoice.from, 'british'),
      formatDate(invoice.to, 'british'),
      invoice.taxId,
      invoice.iban ?? '',
      invoice.supplier.currency,
      line.description,
      count(line.quantity, 'en-GB'),
      amount(line.price, 'en-GB'),
      amount(line.amount, 'en-GB'),
      `${invoice.vatRate}%`,
      amount(invoice.net, 'en-GB'),
      amount(invoice.vat, 'en-GB'),
      amount(invoice.total, 'en-GB'),
    ]),
  );
  return [head, ...rows];
}

function singleRows(invoice: Invoice): string[][] {
  const { supplier } = invoice;
  return [
    ['Rechnung', invoice.number],
    ['Lieferant', supplier.name],
    ['USt-IdNr.', invoice.taxId],
    ['Rechnungsdatum', formatDate(invoice.date, 'german')],
    ['Leistungszeitraum', `${formatDate(invoice.from, 'german')} - ${formatDate(invoice.to, 'german')}`],
    ['Zahlbar bis', formatDate(invoice.due, 'german')],
    ...(invoice.iban === null ? [] : [['IBAN', invoice.iban]]),
    ['Währung', supplier.currency],
    ['Pos', 'Bezeichnung', 'Menge', 'Einheit', 'Einzelpreis', 'Gesamtpreis'],
    ...invoice.lines.map((line, at) => [
      String(at + 1),
      line.description,
      count(line.quantity, 'de-DE'),
      line.unit,
      amount(line.price, 'de-DE'),
      amount(line.amount, 'de-DE'),
    ]),
    ['', '', '', '', 'Summe netto', amount(invoice.net, 'de-DE')],
    ['', '', '', '', `zzgl. ${formatNumber(invoice.vatRate, 'de-DE')} % USt`, amount(invoice.vat, 'de-DE')],
    ['', '', '', '', 'Rechnungsbetrag', amount(invoice.total, 'de-DE')],
  ];
}

function pdf(invoice: Invoice, language: 'en' | 'de'): Uint8Array {
  const locale: Locale = language === 'de' ? 'de-DE' : 'en-GB';
  const { supplier } = invoice;
  const sign = supplier.currency;
  const money = (cents: number) =>
    language === 'de' ? `${amount(cents, locale)} ${sign}` : `${sign} ${amount(cents, locale)}`;
  const date = (day: string) => formatDate(day, language === 'de' ? 'long-de' : 'long-en');
  const words =
    language === 'de'
      ? {
          title: 'Rechnung',
          number: 'Rechnungsnummer',
          date: 'Rechnungsdatum',
          due: 'Zahlbar bis',
          period: 'Leistungszeitraum',
          taxId: 'USt-IdNr.',
          head: ['Pos.', 'Bezeichnung', 'Menge', 'Einheit', 'Einzelpreis', 'Gesamt'],
          net: 'Zwischensumme netto',
          vat: `Umsatzsteuer ${formatNumber(invoice.vatRate, locale)} %`,
          total: 'Gesamtbetrag',
        }
      : {
          title: 'Invoice',
          number: 'Invoice number',
          date: 'Invoice date',
          due: 'Due date',
          period: 'Service period',
          taxId: supplier.country === 'US' ? 'EIN' : 'VAT number',
          head: ['#', 'Description', 'Qty', 'Unit', 'Unit price', 'Amount'],
          net: 'Subtotal',
          vat: `VAT ${formatNumber(invoice.vatRate, locale)}%`,
          total: 'Total due',
        };
  return tablePdf({
    title: words.title,
    from: supplier.name,
    head: [
      `${words.number}: ${invoice.number}`,
      `${words.date}: ${date(invoice.date)}`,
      `${words.period}: ${date(invoice.from)} - ${date(invoice.to)}`,
      `${words.due}: ${date(invoice.due)}`,
      `${words.taxId}: ${invoice.taxId}`,
    ],
    columns: words.head,
    rows: invoice.lines.map((line, at) => [
      String(at + 1),
      line.description,
      count(line.quantity, locale),
      line.unit,
      amount(line.price, locale),
      amount(line.amount, locale),
    ]),
    sums: [
      [words.net, money(invoice.net)],
      [words.vat, money(invoice.vat)],
      [words.total, money(invoice.total)],
    ],
    foot: invoice.iban === null ? [] : [`IBAN: ${invoice.iban}`],
  });
}

/** The client's register of bills that were paid or are to be paid. */
export function writeRegister(
  invoices: readonly Invoice[],
  format: InvoiceFormat,
): { name: string; bytes: Uint8Array } {
  const english = format === 'english-csv' || format === 'pdf-en';
  const locale: Locale = english ? 'en-GB' : 'de-DE';
  const date = (day: string) => formatDate(day, english ? 'iso' : 'german');
  const head = english
    ? [
        'Invoice number',
        'Supplier',
        'Invoice date',
        'Period from',
        'Period to',
        'Net',
        'VAT',
        'Total',
        'Currency',
        'IBAN',
      ]
    : [
        'Rechnungsnummer',
        'Lieferant',
        'Datum',
        'Zeitraum von',
        'Zeitraum bis',
        'Netto',
        'USt',
        'Brutto',
        'Währung',
        'IBAN',
      ];
  const rows = invoices.map((invoice) => [
    invoice.number,
    invoice.supplier.name,
    date(invoice.date),
    date(invoice.from),
    date(invoice.to),
    amount(invoice.net, locale),
    amount(invoice.vat, locale),
    amount(invoice.total, locale),
    invoice.supplier.currency,
    invoice.iban ?? '',
  ]);
  const name = english ? 'register-h1.csv' : 'rechnungseingang-h1.csv';
  return { name, bytes: writeCsv([head, ...rows], english ? CSV_SPELLINGS.web : CSV_SPELLINGS['excel-semicolon']) };
}
