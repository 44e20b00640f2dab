/** Names of columns and labels as billing programs and people write them, English, German and some French. */
export const FIELD_NAMES = {
  number: [
    'Rechnungsnummer',
    'Rechnungsnr',
    'Rechnung Nr',
    'Rechnung',
    'Belegnummer',
    'Belegnr',
    'Invoice number',
    'Invoice no',
    'Invoice',
    'Invoice ID',
    'Bill number',
    'Bill no',
    'Number',
    'Numéro de facture',
    'Facture',
  ],
  vendor: [
    'Lieferant',
    'Kreditor',
    'Anbieter',
    'Rechnungssteller',
    'Verkäufer',
    'Vendor',
    'Vendor name',
    'Supplier',
    'Supplier name',
    'Contact name',
    'Seller',
    'Sold by',
    'Issued by',
    'Fournisseur',
  ],
  date: [
    'Rechnungsdatum',
    'Belegdatum',
    'Datum',
    'Invoice date',
    'Date',
    'Bill date',
    'Date of issue',
    'Date de facture',
  ],
  due: [
    'Fällig am',
    'Fällig',
    'Fälligkeit',
    'Fälligkeitsdatum',
    'Zahlbar bis',
    'Due date',
    'Due',
    'Payment due',
    'Date d’échéance',
    'Zahlungsziel',
    'Date limite de paiement',
  ],
  from: [
    'Leistungszeitraum von',
    'Zeitraum von',
    'Leistung von',
    'Period start',
    'Period from',
    'Service from',
    'Service start',
  ],
  to: ['Leistungszeitraum bis', 'Zeitraum bis', 'Leistung bis', 'Period end', 'Period to', 'Service to', 'Service end'],
  period: [
    'Leistungszeitraum',
    'Leistungsdatum',
    'Zeitraum',
    'Service period',
    'Billing period',
    'Period',
    'Service date',
  ],
  taxId: [
    'USt-IdNr',
    'USt-ID',
    'UID',
    'UID-Nummer',
    'UStIdNr',
    'MWST-Nr',
    'Umsatzsteuer-ID',
    'Steuernummer',
    'VAT number',
    'VAT ID',
    'VAT no',
    'VAT reg no',
    'VAT registration number',
    'Tax number',
    'Tax ID',
    'EIN',
    'Numéro de TVA',
    'VAT/TIN',
    'GSTIN',
  ],
  iban: ['IBAN', 'Bank account', 'Bankverbindung', 'Konto'],
  currency: ['Währung', 'Currency', 'Devise'],
  position: ['Pos', 'Position', 'Nr', 'Line', 'Line no', 'Item no'],
  description: [
    'Bezeichnung',
    'Beschreibung',
    'Leistung',
    'Artikel',
    'Produkt',
    'Description',
    'Item',
    'Item name',
    'Service',
    'Product',
    'Title',
    'Désignation',
  ],
  quantity: ['Menge', 'Anzahl', 'Stunden', 'Quantity', 'Qty', 'Hours', 'Quantité'],
  unit: ['Einheit', 'ME', 'Unit', 'UOM', 'Unité'],
  price: [
    'Einzelpreis',
    'Einzelpreis netto',
    'Preis',
    'Preis netto',
    'EP',
    'Stundensatz',
    'Unit price',
    'Unit amount',
    'Unit cost',
    'Rate',
    'Price',
    'VK-Preis',
    'Prix unitaire',
  ],
  amount: [
    'Betrag',
    'Betrag netto',
    'Gesamtpreis',
    'Gesamt',
    'GP',
    'Positionsbetrag',
    'Zeilenbetrag',
    'Line amount',
    'Line total',
    'Amount',
    'Net amount',
    'Montant',
  ],
  vatRate: [
    'USt %',
    'MwSt %',
    'USt-Satz',
    'MwSt-Satz',
    'Steuersatz',
    'VAT %',
    'VAT rate',
    'Tax rate',
    'Tax %',
    'Taux de TVA',
  ],
  net: [
    'Summe netto',
    'Nettosumme',
    'Nettobetrag',
    'Zwischensumme',
    'Zwischensumme netto',
    'Netto',
    'Subtotal',
    'Sub total',
    'Net total',
    'Total net',
    'Net',
    'Total excluding VAT',
    'Total HT',
    'Montant HT',
    'Montant EUR HT',
  ],
  vat: [
    'USt-Betrag',
    'MwSt-Betrag',
    'Steuerbetrag',
    'USt',
    'MwSt',
    'Umsatzsteuer',
    'Mehrwertsteuer',
    'VAT amount',
    'VAT',
    'Tax',
    'Tax total',
    'Tax amount',
    'Sales tax',
    'TVA',
    'Montant TVA',
  ],
  total: [
    'Bruttobetrag',
    'Brutto',
    'Gesamtbetrag',
    'Rechnungsbetrag',
    'Endbetrag',
    'Zahlbetrag',
    'Summe brutto',
    'Gesamtsumme',
    'Total',
    'Total due',
    'Total amount',
    'Amount due',
    'Balance due',
    'Invoice total',
    'Gross',
    'Gross total',
    'Grand total',
    'Total incl VAT',
    'Total including VAT',
    'Gesamt brutto',
    'Gesamtbetrag brutto',
    'Gesamtsumme brutto',
    'Zu zahlen',
    'Zahlbetrag brutto',
    'Total TTC',
    'Total amount due',
    'Montant TTC',
    'Montant EUR TTC',
    'Total facture',
    'Somme à payer',
    'Net à payer',
  ],
} as const;
export type FieldName = keyof typeof FIELD_NAMES;

export const MONEY_FIELDS = ['quantity', 'price', 'amount', 'net', 'vat', 'total', 'vatRate'] as const;
export const DAY_FIELDS = ['date', 'due', 'from', 'to'] as const;

/** Letters, digits and the percent sign alone, without accents. */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll(/[^\p{L}\d%]/gu, '');
}

const BY_NAME = new Map(
  Object.entries(FIELD_NAMES).flatMap(([field, names]) =>
    names.map((name) => [folded(name), field as FieldName] as const),
  ),
);

/** The field that a column's name or a label means; a currency in brackets or behind it is passed over. */
export function fieldOf(name: string): FieldName | undefined {
  const plain = name.replace(/\s*[([](?:EUR|USD|GBP|CHF|INR|€|\$|£|₹|netto|net)[)\]]\s*$/i, '').replace(/^\*/, '');
  if (plain.trim() === '#') return 'position';
  return BY_NAME.get(folded(plain)) ?? BY_NAME.get(folded(plain.replace(/\s+(?:in\s+)?(?:EUR|USD|GBP|CHF|€)$/i, '')));
}

/** What a line of sums is about, its rate beside it: `zzgl. 19 % USt`, `VAT 20%`, `Total due`. */
export function sumFieldOf(
  label: string,
): { readonly field: 'net' | 'vat' | 'total'; readonly rate?: string } | undefined {
  const text = label.replace(/[:.]\s*$/, '').trim();
  const rate = /(\d{1,2}(?:[.,]\d{1,2})?)\s*%/.exec(text)?.[1];
  const words = text
    .replace(/\(?\d{1,2}(?:[.,]\d{1,2})?\s*%\)?/, ' ')
    .replace(/^\s*(?:zzgl\.?|zuzüglich|plus|incl\.?|inkl\.?|gesetzliche|\+)\s+/i, '')
    .replace(/\s+(?:auf|von|on|of)\s+(?:[A-Z€$£]{1,3}\s*)?\d.*$/i, '')
    .replace(/\s+(?:for this invoice|on \p{L}{3,9}\.? \d{1,2}\s?, \d{4})$/iu, '');
  const field = fieldOf(words.trim());
  if (field === 'net' || field === 'vat' || field === 'total') return rate === undefined ? { field } : { field, rate };
  if (/reverse charge|steuerschuldnerschaft/i.test(text)) return { field: 'vat', rate: '0' };
  return undefined;
}
