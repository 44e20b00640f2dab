import { CSV_SPELLINGS, type CsvSpelling, type DateStyle, type Locale } from '../generate/index.ts';

export const PRODUCTS = [
  'hubspot-en',
  'hubspot-de',
  'pipedrive-en',
  'pipedrive-de',
  'salesforce-en',
  'salesforce-de',
] as const;
export type Product = (typeof PRODUCTS)[number];

/** What a column holds, in the words of this folder. */
export type Field =
  | 'id'
  | 'title'
  | 'person'
  | 'firstName'
  | 'lastName'
  | 'salutation'
  | 'born'
  | 'nation'
  | 'company'
  | 'email'
  | 'phone'
  | 'owner'
  | 'status'
  | 'created'
  | 'closed'
  | 'lossReason'
  | 'stageChance'
  | 'contract'
  | 'kickoff'
  | 'health'
  | 'lastTouch'
  | 'source'
  | 'industry'
  | 'role'
  | 'country'
  | 'employees'
  | 'revenue'
  | 'budget'
  | 'demo'
  | 'views'
  | 'newsletter'
  | 'campaign'
  | 'amount'
  | 'firstVisit'
  | 'note';

export interface Layout {
  readonly file: string;
  readonly about: string;
  readonly spelling: CsvSpelling;
  readonly locale: Locale;
  readonly dates: DateStyle;
  /** Written behind dates of events, such as " 09:30". */
  readonly clock: string;
  readonly grouping: boolean;
  readonly german: boolean;
  readonly columns: ReadonlyArray<readonly [field: Field, header: string]>;
  readonly status: { readonly won: string; readonly lost: string; readonly open: readonly string[] };
  readonly yes: string;
  readonly no: string;
}

const STATUS = {
  hubspotEn: {
    won: 'Closed won',
    lost: 'Closed lost',
    open: ['Appointment scheduled', 'Qualified to buy', 'Contract sent'],
  },
  hubspotDe: {
    won: 'Abgeschlossen und gewonnen',
    lost: 'Abgeschlossen und verloren',
    open: ['Termin vereinbart', 'Zum Kauf qualifiziert', 'Vertrag gesendet'],
  },
  pipedriveEn: { won: 'Won', lost: 'Lost', open: ['Open'] },
  pipedriveDe: { won: 'Gewonnen', lost: 'Verloren', open: ['Offen'] },
  salesforceEn: {
    won: 'Closed - Converted',
    lost: 'Closed - Not Converted',
    open: ['Open - Not Contacted', 'Working - Contacted'],
  },
  salesforceDe: {
    won: 'Geschlossen - Konvertiert',
    lost: 'Geschlossen - Nicht konvertiert',
    open: ['Offen - Nicht kontaktiert', 'In Bearbeitung'],
  },
} as const;

export const LAYOUTS: Readonly<Record<Product, Layout>> = {
  'hubspot-en': {
    file: 'hubspot-crm-exports-all-deals-2026-10-31.csv',
    about: 'HubSpot, deals, English',
    spelling: CSV_SPELLINGS['all-quoted'],
    locale: 'en-US',
    dates: 'iso',
    clock: ' 09:30',
    grouping: false,
    german: false,
    status: STATUS.hubspotEn,
    yes: 'true',
    no: 'false',
    columns: [
      ['id', 'Record ID'],
      ['title', 'Deal Name'],
      ['status', 'Deal Stage'],
      ['created', 'Create Date'],
      ['closed', 'Close Date'],
      ['amount', 'Amount'],
      ['lossReason', 'Closed Lost Reason'],
      ['stageChance', 'Deal probability'],
      ['owner', 'Deal owner'],
      ['salutation', 'Salutation'],
      ['firstName', 'First Name'],
      ['lastName', 'Last Name'],
      ['born', 'Date of birth'],
      ['nation', 'Nationality'],
      ['email', 'Email'],
      ['phone', 'Phone Number'],
      ['company', 'Associated Company'],
      ['source', 'Original Traffic Source'],
      ['industry', 'Industry'],
      ['role', 'Seniority'],
      ['country', 'Country/Region'],
      ['employees', 'Number of Employees'],
      ['revenue', 'Annual Revenue'],
      ['budget', 'Budget stated'],
      ['demo', 'Demo requested'],
      ['views', 'Page views before first contact'],
      ['newsletter', 'Newsletter'],
      ['campaign', 'First campaign'],
      ['firstVisit', 'Time First Seen'],
      ['lastTouch', 'Last touch'],
      ['contract', 'Ref. 2'],
      ['kickoff', 'Kick-off'],
      ['health', 'Health index'],
      ['note', 'Description'],
    ],
  },
  'hubspot-de': {
    file: 'hubspot-crm-exports-alle-deals-2026-10-31.csv',
    about: 'HubSpot, Deals, German',
    spelling: CSV_SPELLINGS['all-quoted'],
    locale: 'en-US',
    dates: 'iso',
    clock: ' 09:30',
    grouping: false,
    german: true,
    status: STATUS.hubspotDe,
    yes: 'Ja',
    no: 'Nein',
    columns: [
      ['id', 'Datensatz-ID'],
      ['title', 'Deal-Name'],
      ['status', 'Deal-Phase'],
      ['created', 'Erstellungsdatum'],
      ['closed', 'Abschlussdatum'],
      ['amount', 'Betrag'],
      ['lossReason', 'Grund für verlorenen Deal'],
      ['stageChance', 'Deal-Wahrscheinlichkeit'],
      ['owner', 'Zuständiger Mitarbeiter'],
      ['salutation', 'Anrede'],
      ['firstName', 'Vorname'],
      ['lastName', 'Nachname'],
      ['born', 'Geburtsdatum'],
      ['nation', 'Staatsangehörigkeit'],
      ['email', 'E-Mail'],
      ['phone', 'Telefonnummer'],
      ['company', 'Unternehmen'],
      ['source', 'Ursprüngliche Traffic-Quelle'],
      ['industry', 'Branche'],
      ['role', 'Position'],
      ['country', 'Land/Region'],
      ['employees', 'Anzahl der Mitarbeiter'],
      ['revenue', 'Jahresumsatz'],
      ['budget', 'Budget genannt'],
      ['demo', 'Demo angefragt'],
      ['views', 'Seitenaufrufe vor Erstkontakt'],
      ['newsletter', 'Newsletter'],
      ['campaign', 'Erste Kampagne'],
      ['firstVisit', 'Zeitpunkt des ersten Besuchs'],
      ['lastTouch', 'Letzte Berührung'],
      ['contract', 'Nr. 2'],
      ['kickoff', 'Kick-off'],
      ['health', 'Gesundheitsindex Projekt'],
      ['note', 'Beschreibung'],
    ],
  },
  'pipedrive-en': {
    file: 'deals-1234567-42.csv',
    about: 'Pipedrive, deals, English',
    spelling: CSV_SPELLINGS.web,
    locale: 'en-US',
    dates: 'iso',
    clock: ' 09:30:12',
    grouping: false,
    german: false,
    status: STATUS.pipedriveEn,
    yes: 'Yes',
    no: 'No',
    columns: [
      ['id', 'Deal - ID'],
      ['title', 'Deal - Title'],
      ['status', 'Deal - Status'],
      ['amount', 'Deal - Value'],
      ['created', 'Deal - Deal created'],
      ['closed', 'Deal - Deal closed on'],
      ['lossReason', 'Deal - Lost reason'],
      ['stageChance', 'Deal - Probability'],
      ['owner', 'Deal - Owner'],
      ['salutation', 'Person - Title of address'],
      ['person', 'Person - Name'],
      ['born', 'Person - Birthday'],
      ['nation', 'Person - Nationality'],
      ['email', 'Person - Email - Work'],
      ['phone', 'Person - Phone - Work'],
      ['company', 'Organization - Name'],
      ['source', 'Deal - Channel of first contact'],
      ['industry', 'Organization - Industry'],
      ['role', 'Person - Role'],
      ['country', 'Organization - Country'],
      ['employees', 'Organization - Headcount'],
      ['revenue', 'Organization - Revenue'],
      ['budget', 'Deal - Budget stated'],
      ['demo', 'Deal - Demo requested'],
      ['views', 'Person - Page views before contact'],
      ['newsletter', 'Person - Newsletter'],
      ['campaign', 'Deal - First campaign'],
      ['firstVisit', 'Person - First visit'],
      ['lastTouch', 'Deal - Last touch'],
      ['contract', 'Deal - Ref. 2'],
      ['kickoff', 'Deal - Kick-off'],
      ['health', 'Deal - Health index'],
      ['note', 'Deal - Remark'],
    ],
  },
  'pipedrive-de': {
    file: 'Deals.csv',
    about: 'Pipedrive, Deals, German, saved again in Excel',
    spelling: CSV_SPELLINGS['excel-semicolon'],
    locale: 'de-DE',
    dates: 'german',
    clock: ' 09:30',
    grouping: true,
    german: true,
    status: STATUS.pipedriveDe,
    yes: 'Ja',
    no: 'Nein',
    columns: [
      ['id', 'Deal - ID'],
      ['title', 'Deal - Titel'],
      ['status', 'Deal - Status'],
      ['amount', 'Deal - Wert'],
      ['created', 'Deal - Deal erstellt'],
      ['closed', 'Deal - Deal abgeschlossen am'],
      ['lossReason', 'Deal - Verlustgrund'],
      ['stageChance', 'Deal - Wahrscheinlichkeit'],
      ['owner', 'Deal - Besitzer'],
      ['salutation', 'Person - Anrede'],
      ['person', 'Person - Name'],
      ['born', 'Person - Geburtstag'],
      ['nation', 'Person - Nationalität'],
      ['email', 'Person - E-Mail - Arbeit'],
      ['phone', 'Person - Telefon - Arbeit'],
      ['company', 'Organisation - Name'],
      ['source', 'Deal - Herkunft'],
      ['industry', 'Organisation - Branche'],
      ['role', 'Person - Rolle'],
      ['country', 'Organisation - Land'],
      ['employees', 'Organisation - Mitarbeiterzahl'],
      ['revenue', 'Organisation - Umsatz'],
      ['budget', 'Deal - Budget genannt'],
      ['demo', 'Deal - Demo gewünscht'],
      ['views', 'Person - Seitenaufrufe vor Kontakt'],
      ['newsletter', 'Person - Newsletter'],
      ['campaign', 'Deal - Erste Kampagne'],
      ['firstVisit', 'Person - Erster Besuch'],
      ['lastTouch', 'Deal - Letzte Berührung'],
      ['contract', 'Deal - Nr. 2'],
      ['kickoff', 'Deal - Kick-off'],
      ['health', 'Deal - Ampelwert'],
      ['note', 'Deal - Bemerkung'],
    ],
  },
  'salesforce-en': {
    file: 'report1761900000000.csv',
    about: 'Salesforce, report of leads, American',
    spelling: CSV_SPELLINGS['all-quoted'],
    locale: 'en-US',
    dates: 'american',
    clock: '',
    grouping: true,
    german: false,
    status: STATUS.salesforceEn,
    yes: '1',
    no: '0',
    columns: [
      ['id', 'Lead ID'],
      ['salutation', 'Salutation'],
      ['firstName', 'First Name'],
      ['lastName', 'Last Name'],
      ['company', 'Company / Account'],
      ['status', 'Lead Status'],
      ['created', 'Create Date'],
      ['closed', 'Converted Date'],
      ['lossReason', 'Unqualified Reason'],
      ['stageChance', 'Probability (%)'],
      ['owner', 'Lead Owner'],
      ['born', 'Birthdate'],
      ['nation', 'Citizenship'],
      ['email', 'Email'],
      ['phone', 'Phone'],
      ['source', 'Lead Source'],
      ['industry', 'Industry'],
      ['role', 'Contact level'],
      ['country', 'Country'],
      ['employees', 'No. of Employees'],
      ['revenue', 'Annual Revenue'],
      ['budget', 'Budget stated'],
      ['demo', 'Demo requested'],
      ['views', 'Page views before first contact'],
      ['newsletter', 'Newsletter'],
      ['campaign', 'First campaign'],
      ['amount', 'Estimated volume'],
      ['firstVisit', 'First visit'],
      ['lastTouch', 'Last touch'],
      ['contract', 'Ref. 2'],
      ['kickoff', 'Kick-off'],
      ['health', 'Health index'],
      ['note', 'Remark'],
    ],
  },
  'salesforce-de': {
    file: 'Bericht Leads.csv',
    about: 'Salesforce, Bericht über Leads, German, as Unicode text',
    spelling: CSV_SPELLINGS['utf16-tabs'],
    locale: 'de-DE',
    dates: 'german',
    clock: '',
    grouping: true,
    german: true,
    status: STATUS.salesforceDe,
    yes: 'Ja',
    no: 'Nein',
    columns: [
      ['id', 'Lead-ID'],
      ['salutation', 'Anrede'],
      ['firstName', 'Vorname'],
      ['lastName', 'Nachname'],
      ['company', 'Firma/Account'],
      ['status', 'Lead-Status'],
      ['created', 'Erstelldatum'],
      ['closed', 'Konvertierungsdatum'],
      ['lossReason', 'Ablehnungsgrund'],
      ['stageChance', 'Wahrscheinlichkeit (%)'],
      ['owner', 'Lead-Inhaber'],
      ['born', 'Geburtsdatum'],
      ['nation', 'Staatsbürgerschaft'],
      ['email', 'E-Mail'],
      ['phone', 'Telefon'],
      ['source', 'Lead-Quelle'],
      ['industry', 'Branche'],
      ['role', 'Ebene'],
      ['country', 'Land'],
      ['employees', 'Anzahl Mitarbeiter'],
      ['revenue', 'Jahresumsatz'],
      ['budget', 'Budget genannt'],
      ['demo', 'Demo angefragt'],
      ['views', 'Seitenaufrufe vor Erstkontakt'],
      ['newsletter', 'Newsletter'],
      ['campaign', 'Erste Kampagne'],
      ['amount', 'Geschätztes Volumen'],
      ['firstVisit', 'Erster Besuch'],
      ['lastTouch', 'Letzte Berührung'],
      ['contract', 'Nr. 2'],
      ['kickoff', 'Kick-off'],
      ['health', 'Ampelwert'],
      ['note', 'Bemerkung'],
    ],
  },
};
