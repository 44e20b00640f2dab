import { generateSoftwareFirm } from './clients/software-firm/index.ts';
import type { DemoClient, DemoInputs, DemoSize } from './demo-client.ts';

const SEED = 12;
const EARLIER = '2026-06-30';
const LATER = '2026-10-31';

/** Brassfern Software: which leads to call, from the CRM's export in June and, with what was decided since, in October. */
export function demoSoftwareFirm({ rows }: DemoSize): DemoClient {
  // A score needs some hundred decided leads, however small the demo is.
  const leads = Math.min(20_000, Math.max(1_600, Math.round(rows / 3)));
  const firm = (decidedBy: string) =>
    generateSoftwareFirm({ seed: SEED, leads, product: 'hubspot-en', exportDay: EARLIER, decidedBy });
  const nameOf = (day: string) => `hubspot-deals-${day}.csv`;
  const inputs = (day: string) => (): DemoInputs => ({
    values: { capacity: 25 },
    files: [{ input: 'leads', name: nameOf(day), bytes: firm(day).files.leads!.bytes }],
  });
  const scoring = { agent: 'crm-analyst', skill: 'lead-scoring' };
  return {
    name: 'demo-software',
    title: 'Brassfern Software',
    description: 'A B2B software firm: planning software for warehouses and delivery tours. Made up, for the demo.',
    language: 'en',
    country: 'DE',
    vertical: 'crm',
    agents: ['crm-analyst'],
    people: [{ name: 'Jonas Reuter', role: 'reviewer' }],
    documents: [{ root: 'business', name: 'about-brassfern.md', text: ABOUT }],
    tasks: [
      {
        ...scoring,
        key: 'leads-june',
        about: 'which open leads to call, as of June',
        mark: { input: 'leads', value: nameOf(EARLIER) },
        inputs: inputs(EARLIER),
        decision: { decision: 'approve', reason: 'The reasons fit what we see. The list goes to sales.' },
      },
      {
        ...scoring,
        key: 'leads-october',
        about: 'the same in October, and how June’s scores did',
        mark: { input: 'leads', value: nameOf(LATER) },
        after: 'leads-june',
        inputs: inputs(LATER),
      },
    ],
  };
}

const ABOUT = `# Brassfern Software

Brassfern Software sells planning software for warehouses and delivery tours to firms with 20 to 1,000 employees in Germany, Austria, Switzerland and the Netherlands. Customers are carriers, wholesalers and manufacturers with an own fleet. A contract runs for three years and is worth about 9,000 euros a year.

## How we sell

A lead is called within two working days. Sales can call 25 leads a week. A lead that asked for a demo is shown one by the end of the next week. A discount of more than 10 % is decided by Jonas Reuter.
`;
