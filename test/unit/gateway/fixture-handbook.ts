/** A few pages of a made-up company's handbook, English and German, with questions they answer and do not answer. */
export const HANDBOOK = [
  {
    id: 'h1',
    title: 'Leave',
    text: 'Full-time employees have 28 days of paid vacation each year. Vacation requests go to the line manager at least two weeks before the first day off. Unused days can be carried over until the end of March.',
  },
  {
    id: 'h2',
    title: 'Sick leave',
    text: 'If you are ill, call your line manager before 9:30 on the first day. A doctor’s certificate is needed from the fourth day of illness.',
  },
  {
    id: 'h3',
    title: 'Travel and expenses',
    text: 'Travel above 500 euros must be approved by the head of finance, Miriam Okafor. Receipts are handed in within 30 days. Meals are reimbursed up to 40 euros a day.',
  },
  {
    id: 'h4',
    title: 'IT accounts',
    text: 'Laptops are ordered through the service desk. Passwords are reset on the self-service page or by calling extension 4455. Two-factor authentication has been mandatory since 1 May 2025.',
  },
  {
    id: 'h5',
    title: 'Offices',
    text: 'Our main office is in Rotterdam. The Lyon office was opened in 2019 and closed again in 2023. Visitors sign in at the front desk.',
  },
  {
    id: 'h6',
    title: 'Onboarding',
    text: 'New colleagues get a mentor for their first three months. The probation period lasts six months.',
  },
  {
    id: 'h7',
    title: 'Data protection',
    text: 'Customer data may only be stored in the European Union. Report a data breach to privacy@acme.example within 24 hours.',
  },
  {
    id: 'h8',
    title: 'Parking',
    text: 'Parking spaces are given out by seniority. Bicycles can be left in the basement.',
  },
] as const;

export const ANSWERED: ReadonlyArray<readonly [question: string, document: string, part: string]> = [
  ['How many days of vacation do full-time employees have?', 'h1', '28 days'],
  ['Until when can unused vacation days be carried over?', 'h1', 'end of March'],
  ['When do I need a doctor’s certificate?', 'h2', 'fourth day'],
  ['Who approves travel above 500 euros?', 'h3', 'Miriam Okafor'],
  ['Within how many days must receipts be handed in?', 'h3', '30 days'],
  ['How can I reset my password?', 'h4', 'self-service'],
  ['Since when is two-factor authentication mandatory?', 'h4', '1 May 2025'],
  ['Where is the main office?', 'h5', 'Rotterdam'],
  ['When was the Lyon office closed?', 'h5', '2023'],
  ['How long is the probation period?', 'h6', 'six months'],
  ['Where do I report a data breach?', 'h7', 'privacy@acme.example'],
  ['Where can bicycles be left?', 'h8', 'basement'],
];

export const UNANSWERED: readonly string[] = [
  'What is the capital of France?',
  'How much is the bonus for referring a friend?',
  'Who is the chief executive of Globex?',
  'Can I bring my dog to work?',
  'When does the canteen open on Fridays?',
  'What is the company’s policy on moonlighting?',
  'How do I apply for parental leave in Japan?',
  'Which printer driver should I install?',
  'What did Miriam Okafor study at Oxford University?',
  'How tall is Mount Everest?',
];

export const HANDBUCH = [
  {
    id: 'd1',
    title: 'Urlaub',
    text: 'Vollzeitbeschäftigte haben 28 Urlaubstage im Jahr. Der Urlaubsantrag geht spätestens zwei Wochen vorher an die Teamleitung.',
  },
  { id: 'd2', title: 'Krankheit', text: 'Eine ärztliche Bescheinigung ist ab dem vierten Krankheitstag nötig.' },
  {
    id: 'd3',
    title: 'Reisen',
    text: 'Reisen über 500 Euro genehmigt die Leiterin der Finanzabteilung, Miriam Okafor.',
  },
  { id: 'd4', title: 'Technik', text: 'Passwörter setzt man auf der Selbstbedienungsseite zurück.' },
] as const;
