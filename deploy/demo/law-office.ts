import { generateInvoices } from './clients/law-office/invoices.ts';
import { generateMeeting } from './clients/law-office/meetings.ts';
import type { DemoClient, DemoDecision, DemoInputs, DemoSize, DemoTask, Outputs } from './demo-client.ts';

const SEED = 5;
const PARTNER = 'Maren Holt';
const CLERK = 'Tobias Kerr';
const AGENT = 'ops-assistant';

/** A law office: bills against contracts, a meeting, a procedure with people, a question to what is written down. */
export function demoLawOffice({ rows }: DemoSize): DemoClient {
  const count = Math.min(400, Math.max(30, Math.round(rows / 60)));
  const quarter = generateInvoices({ seed: SEED, invoices: count, format: 'english-csv' });
  const contracts = Object.entries(quarter.terms).map(([name, text]) => ({
    name: name.replace(/\.yaml$/, '.txt'),
    text,
  }));
  const meeting = generateMeeting({ seed: SEED, language: 'en', format: 'teams-vtt' });
  const others = meeting.people.filter((name) => name !== PARTNER);
  return {
    name: 'demo-law',
    title: 'Brandis & Roth',
    description: 'A law office in Hamburg. Made up, for the demo.',
    language: 'en',
    country: 'DE',
    vertical: 'internal-ops',
    agents: [AGENT],
    people: [{ name: PARTNER, role: 'reviewer' }, ...others.map((name) => ({ name, role: 'reviewer' as const }))],
    documents: [
      { root: 'office', name: 'office-rules.md', text: OFFICE_RULES },
      ...contracts.map(({ name, text }) => ({ root: 'contracts', name, text })),
    ],
    tasks: [
      invoicesOfQuarter(quarter, contracts),
      invoiceBilledTwice(count, contracts),
      minutesOf(meeting),
      takingOnAClient(),
      questionToTheOffice(),
    ],
  };
}

type Quarter = ReturnType<typeof generateInvoices>;
type Contracts = ReadonlyArray<{ readonly name: string; readonly text: string }>;

function invoicesOfQuarter({ files, earlier }: Quarter, contracts: Contracts): DemoTask {
  const [name, bytes] = Object.entries(files)[0]!;
  return {
    key: 'bills',
    agent: AGENT,
    skill: 'invoice-check',
    about: 'the bills of a quarter, before they are paid',
    mark: { input: 'invoices', value: name },
    inputs: () => ({
      values: { contract_terms: contracts },
      files: [
        { input: 'invoices', name, bytes },
        { input: 'earlier_invoices', name: earlier.name, bytes: earlier.bytes },
      ],
    }),
    decision: { decision: 'approve', reason: 'What is on hold goes back to the suppliers, the rest is paid.' },
  };
}

/** One bill as a PDF, which was paid under another number before. */
function invoiceBilledTwice(invoices: number, contracts: Contracts): DemoTask {
  const name = 'bill-by-mail.pdf';
  return {
    key: 'bill-by-mail',
    agent: AGENT,
    skill: 'invoice-check',
    about: 'a bill that came by mail',
    mark: { input: 'invoices', value: name },
    inputs(): DemoInputs {
      const { files, earlier, truth } = generateInvoices({ seed: SEED, invoices, format: 'pdf-en' });
      const twice = truth.find(({ fault }) => fault === 'billed-twice') ?? truth[0]!;
      return {
        values: { contract_terms: contracts },
        files: [
          { input: 'invoices', name, bytes: files[twice.file]! },
          { input: 'earlier_invoices', name: earlier.name, bytes: earlier.bytes },
        ],
      };
    },
    decision: { decision: 'reject', reason: 'The supplier has withdrawn this bill; there is nothing left to check.' },
  };
}

function minutesOf(meeting: ReturnType<typeof generateMeeting>): DemoTask {
  const name = 'office-meeting.vtt';
  return {
    key: 'minutes',
    agent: AGENT,
    skill: 'meeting-notes',
    about: 'minutes of a meeting, from its transcript',
    mark: { input: 'transcript', value: name },
    inputs: () => ({
      values: { meeting_date: meeting.date },
      files: [{ input: 'transcript', name, bytes: Buffer.from(meeting.text) }],
    }),
    decision: { decision: 'edit', reason: 'The others have done theirs since; only mine is left.', edit: onlyMine },
    // What follows from the minutes: the partner's own action, which she ticks off.
    parts: [{ decision: 'approve', reason: 'Sent.' }],
  };
}

/** Minutes with the partner's actions alone. */
export function onlyMine(outputs: Outputs): Outputs {
  const actions = (outputs.actions as ReadonlyArray<{ readonly owner: string | null }>) ?? [];
  const owners = actions.map(({ owner }) => owner).filter((owner) => owner !== PARTNER);
  const isOthers = (line: string) => owners.some((owner) => line.startsWith(`- **${owner ?? 'Nobody yet'}**`));
  const minutes = String(outputs.minutes ?? '').split('\n');
  return {
    ...outputs,
    actions: actions.filter(({ owner }) => owner === PARTNER),
    minutes: minutes.filter((line) => !isOthers(line)).join('\n'),
  };
}

const INTAKE = `procedure: client-intake
title: Taking on a client
deadline: 8w
owners:
  lawyer: ${PARTNER}
  clerk: ${CLERK}
steps:
  - id: conflict
    do: "Is there a conflict of interest with {subject}?"
    owner: lawyer
    answer: yes-no
  - id: waiver
    do: Get a written waiver from both sides.
    owner: lawyer
    when: conflict.answer == true
    evidence: file
    if_not_done: stop
  - id: agreement
    do: "Send the fee agreement to {subject}."
    owner: clerk
  - id: file
    do: "Open the file of {subject}."
    owner: clerk
`;

function takingOnAClient(): DemoTask {
  const subject = 'Holm Logistics';
  const answered: DemoDecision = {
    decision: 'edit',
    reason: 'No conflict.',
    edit: (outputs) => ({ ...outputs, done: true, answer: 'no' }),
  };
  return {
    key: 'intake',
    agent: AGENT,
    skill: 'checklist-run',
    about: `taking on ${subject}, step by step with people`,
    mark: { input: 'subject', value: subject },
    inputs: () => ({ values: { procedure: INTAKE, subject }, files: [] }),
    parts: [answered],
  };
}

function questionToTheOffice(): DemoTask {
  const question = 'Who has to sign a transfer of more than 10,000 euros?';
  return {
    key: 'question',
    agent: AGENT,
    skill: 'answer-from-handbook',
    about: 'a question to what the office has written down',
    mark: { input: 'question', value: question },
    inputs: () => ({ values: { question }, files: [] }),
    decision: { decision: 'approve', reason: 'That is what we agreed.' },
  };
}

// A paragraph a line: what is read in is quoted by line.
const OFFICE_RULES = `# Rules of the office

Brandis & Roth is a law office in Hamburg with two partners. These rules hold for everyone who works here.

## Money

A transfer of up to 2,000 euros is released by the bookkeeper. From 2,000 euros on a partner signs. A transfer of more than 10,000 euros has to be signed by both partners.

Bills are checked against the contract with the supplier before they are paid. A bill that is not right goes back within five working days.

## Deadlines

Every deadline is entered twice: in the calendar of the matter and in the calendar of the office. A reminder is set one week before. The clerk on duty checks the deadlines of the day at nine in the morning.

## Taking on a client

Before anything else, a partner checks for a conflict of interest. Without the signed fee agreement no file is opened. Copies of identity cards are kept for five years after the end of the matter.

## Working from home

Two days a week can be worked from home, agreed with the team. Paper files stay in the office.

## Holidays

There are 30 days of annual leave. Five days can be carried over to the end of March. The office is closed between Christmas and New Year; these days are not counted as leave.
`;
