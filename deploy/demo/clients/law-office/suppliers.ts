import type { Random } from '../generate/index.ts';
import { austrianVatId, britishVatId, employerId, frenchVatId, germanVatId, iban, swissVatId } from './tax-numbers.ts';

export interface AgreedItem {
  readonly item: string;
  readonly unit: string;
  /** Cents. */
  readonly price: number;
  /** Most in one invoice. */
  readonly cap?: number;
}

export interface Supplier {
  readonly name: string;
  readonly country: 'DE' | 'AT' | 'FR' | 'GB' | 'CH' | 'US';
  readonly taxId: string;
  readonly iban: string | null;
  readonly currency: 'EUR' | 'GBP' | 'CHF' | 'USD';
  readonly language: 'en' | 'de';
  /** Percent; 0 with a contract that says reverse charge. */
  readonly vatRate: number;
  readonly paymentDays: number;
  readonly discountPercent: number;
  readonly items: readonly AgreedItem[];
  /** Bills the same every month. */
  readonly flat: boolean;
  readonly termsForm: 'yaml' | 'markdown' | 'text';
}

const item = (name: string, unit: string, price: number, cap?: number): AgreedItem =>
  cap === undefined ? { item: name, unit, price } : { item: name, unit, price, cap };

/** Ten suppliers; numbers by seed, the rest the same. */
export function suppliersOf(random: Random): Supplier[] {
  return [
    {
      name: 'Nordlicht Bürobedarf GmbH',
      country: 'DE',
      taxId: germanVatId(random),
      iban: iban(random, 'DE'),
      currency: 'EUR',
      language: 'de',
      vatRate: 19,
      paymentDays: 30,
      discountPercent: 0,
      flat: false,
      termsForm: 'yaml',
      items: [
        item('Kopierpapier A4, Karton', 'Karton', 2490),
        item('Toner schwarz', 'Stück', 8950),
        item('Aktenordner breit', 'Stück', 345),
        item('Versandtaschen C4', 'Packung', 1290),
        item('Lieferpauschale', 'Pauschale', 590, 1),
      ],
    },
    {
      name: 'Weidenhof Gebäudereinigung KG',
      country: 'DE',
      taxId: germanVatId(random),
      iban: iban(random, 'DE'),
      currency: 'EUR',
      language: 'de',
      vatRate: 19,
      paymentDays: 14,
      discountPercent: 0,
      flat: true,
      termsForm: 'markdown',
      items: [item('Unterhaltsreinigung monatlich', 'Monat', 148000, 1), item('Glasreinigung', 'Einsatz', 32000, 2)],
    },
    {
      name: 'Aktenblick Dokumentenprüfung GmbH',
      country: 'DE',
      taxId: germanVatId(random),
      iban: iban(random, 'DE'),
      currency: 'EUR',
      language: 'de',
      vatRate: 19,
      paymentDays: 30,
      discountPercent: 3,
      flat: false,
      termsForm: 'text',
      items: [
        item('Dokumentenprüfung', 'Stunde', 9500, 60),
        item('Projektleitung', 'Stunde', 14500, 12),
        item('Texterkennung je Seite', 'Seite', 12),
      ],
    },
    {
      name: 'Lindgasse Übersetzungen OG',
      country: 'AT',
      taxId: austrianVatId(random),
      iban: iban(random, 'AT'),
      currency: 'EUR',
      language: 'de',
      vatRate: 0,
      paymentDays: 21,
      discountPercent: 0,
      flat: false,
      termsForm: 'yaml',
      items: [
        item('Fachübersetzung Normzeile', 'Zeile', 185),
        item('Beglaubigung', 'Stück', 4500),
        item('Eilzuschlag', 'Pauschale', 6000, 1),
      ],
    },
    {
      name: 'Cabinet Verneuil Conseil SARL',
      country: 'FR',
      taxId: frenchVatId(random),
      iban: iban(random, 'FR'),
      currency: 'EUR',
      language: 'en',
      vatRate: 0,
      paymentDays: 30,
      discountPercent: 0,
      flat: false,
      termsForm: 'markdown',
      items: [
        item('Local counsel, partner', 'hour', 32000, 20),
        item('Local counsel, associate', 'hour', 21000, 40),
        item('Court filing', 'piece', 8500),
      ],
    },
    {
      name: 'Harrowgate Legal Data Ltd',
      country: 'GB',
      taxId: britishVatId(random),
      iban: iban(random, 'GB'),
      currency: 'GBP',
      language: 'en',
      vatRate: 20,
      paymentDays: 30,
      discountPercent: 5,
      flat: true,
      termsForm: 'yaml',
      items: [item('Case law database, monthly', 'seat', 8900, 12), item('Onboarding session', 'session', 45000)],
    },
    {
      name: 'Säntis Serverhosting AG',
      country: 'CH',
      taxId: swissVatId(random),
      iban: iban(random, 'CH'),
      currency: 'CHF',
      language: 'de',
      vatRate: 8.1,
      paymentDays: 30,
      discountPercent: 0,
      flat: true,
      termsForm: 'markdown',
      items: [
        item('Virtueller Server M', 'Monat', 11900, 6),
        item('Datensicherung 500 GB', 'Monat', 4950, 6),
        item('Fernwartung', 'Stunde', 16500),
      ],
    },
    {
      name: 'Bluewater E-Discovery Inc',
      country: 'US',
      taxId: employerId(random),
      iban: null,
      currency: 'USD',
      language: 'en',
      vatRate: 0,
      paymentDays: 45,
      discountPercent: 0,
      flat: false,
      termsForm: 'text',
      items: [
        item('Data hosting', 'GB', 1850),
        item('Processing', 'GB', 4200),
        item('Project management', 'hour', 17500, 25),
      ],
    },
    {
      name: 'Fleetstone Couriers Ltd',
      country: 'GB',
      taxId: britishVatId(random),
      iban: iban(random, 'GB'),
      currency: 'GBP',
      language: 'en',
      vatRate: 20,
      paymentDays: 14,
      discountPercent: 0,
      flat: false,
      termsForm: 'text',
      items: [
        item('Same-day delivery', 'trip', 2450),
        item('Overnight document box', 'box', 1675),
        item('Waiting time', 'hour', 3600),
      ],
    },
    {
      name: 'Kestrel Training Partners Ltd',
      country: 'GB',
      taxId: britishVatId(random),
      iban: iban(random, 'GB'),
      currency: 'GBP',
      language: 'en',
      vatRate: 20,
      paymentDays: 30,
      discountPercent: 0,
      flat: false,
      termsForm: 'markdown',
      items: [
        item('Workshop, full day', 'day', 145000, 3),
        item('Course materials', 'set', 2850),
        item('E-learning licence', 'seat', 3900),
      ],
    },
  ];
}

const money = (cents: number, decimal: ',' | '.'): string => {
  const text = (cents / 100).toFixed(2);
  const [whole, rest] = text.split('.') as [string, string];
  return `${whole.replace(/\B(?=(\d{3})+$)/g, decimal === ',' ? '.' : ',')}${decimal}${rest}`;
};

/** The contract as the client keeps it. */
export function termsOf(supplier: Supplier): { readonly name: string; readonly text: string } {
  const slug = supplier.name.toLowerCase().replace(/[^a-z]+/g, '-');
  const write = { yaml: yamlTerms, markdown: markdownTerms, text: textTerms }[supplier.termsForm];
  const end = { yaml: 'yaml', markdown: 'md', text: 'txt' }[supplier.termsForm];
  return { name: `${slug}.${end}`, text: write(supplier) };
}

function yamlTerms(supplier: Supplier): string {
  const items = supplier.items.map(
    ({ item: name, unit, price, cap }) =>
      `  - item: "${name}"\n    unit: ${unit}\n    price: ${(price / 100).toFixed(2)}\n${cap === undefined ? '' : `    max_quantity: ${cap}\n`}`,
  );
  return `# Rahmenvertrag / frame contract
vendor: "${supplier.name}"
tax_id: "${supplier.taxId}"
${supplier.iban === null ? '' : `iban: ${supplier.iban}\n`}currency: ${supplier.currency}
vat_rate: ${supplier.vatRate}
payment_days: ${supplier.paymentDays}
discount_percent: ${supplier.discountPercent}
prices:
${items.join('')}`;
}

function markdownTerms(supplier: Supplier): string {
  const german = supplier.language === 'de';
  const decimal = german && supplier.currency === 'EUR' ? ',' : '.';
  const rows = supplier.items.map(
    ({ item: name, unit, price, cap }) =>
      `| ${name} | ${unit} | ${money(price, decimal)} ${supplier.currency} | ${cap ?? ''} |`,
  );
  const head = german ? '| Leistung | Einheit | Preis | Höchstmenge |' : '| Item | Unit | Price | Maximum |';
  const lines = german
    ? [
        `# Vertrag mit ${supplier.name}`,
        '',
        `- USt-IdNr.: ${supplier.taxId}`,
        `- IBAN: ${supplier.iban}`,
        `- Währung: ${supplier.currency}`,
        `- Umsatzsteuer: ${String(supplier.vatRate).replace('.', decimal)} %`,
        `- Zahlungsziel: ${supplier.paymentDays} Tage`,
        '',
        '## Preise',
        '',
      ]
    : [
        `# Contract with ${supplier.name}`,
        '',
        `- VAT number: ${supplier.taxId}`,
        `- IBAN: ${supplier.iban}`,
        `- Currency: ${supplier.currency}`,
        `- VAT: ${supplier.vatRate === 0 ? 'reverse charge, 0%' : `${supplier.vatRate}%`}`,
        `- Payment terms: net ${supplier.paymentDays} days`,
        '',
        '## Prices',
        '',
      ];
  return `${[...lines, head, '|---|---|---|---|', ...rows].join('\n')}\n`;
}

function textTerms(supplier: Supplier): string {
  const german = supplier.language === 'de';
  const price = (cents: number) => (german ? `${money(cents, ',')} EUR` : `${supplier.currency} ${money(cents, '.')}`);
  const rows = supplier.items.map(({ item: name, unit, price: cents, cap }) =>
    german
      ? `${name}: ${price(cents)} je ${unit}${cap === undefined ? '' : `, höchstens ${cap} je Rechnung`}`
      : `${name}: ${price(cents)} per ${unit}${cap === undefined ? '' : `, at most ${cap} per invoice`}`,
  );
  const lines = german
    ? [
        'Rahmenvereinbarung',
        `Lieferant: ${supplier.name}`,
        `USt-IdNr.: ${supplier.taxId}`,
        `IBAN: ${supplier.iban}`,
        `Umsatzsteuer: ${supplier.vatRate} %`,
        `Zahlungsziel: ${supplier.paymentDays} Tage netto`,
        `Rabatt: ${supplier.discountPercent} %`,
        '',
        'Preise:',
      ]
    : [
        'Frame agreement',
        `Supplier: ${supplier.name}`,
        `${supplier.country === 'US' ? 'EIN' : 'VAT number'}: ${supplier.taxId}`,
        ...(supplier.iban === null ? [] : [`IBAN: ${supplier.iban}`]),
        `Currency: ${supplier.currency}`,
        `VAT rate: ${supplier.vatRate}%`,
        `Payment: within ${supplier.paymentDays} days`,
        ...(supplier.discountPercent > 0 ? [`Discount: ${supplier.discountPercent}%`] : []),
        '',
        'Prices:',
      ];
  return `${[...lines, ...rows].join('\n')}\n`;
}
