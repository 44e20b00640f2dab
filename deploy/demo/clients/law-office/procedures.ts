/** Procedures of the office, with what must be asked of whom for given answers (p1 Maren Holt, p2 Tobias Kern). */
export interface PlannedRun {
  readonly name: string;
  readonly yaml: string;
  /** By step, or step#count: what the owner records; `rejected`: will not be done; `late`: past the deadline. */
  readonly answers: Readonly<Record<string, Record<string, string | boolean> | 'rejected' | 'late'>>;
  readonly asked: readonly string[];
  readonly status: string;
  readonly expected: readonly string[];
}

const INTAKE = `procedure: client-intake
title: Taking on a client
deadline: 2w
owners:
  lawyer: Maren Holt
  clerk: Tobias Kern
steps:
  - id: conflict
    do: "Is there a conflict of interest with {subject}?"
    owner: lawyer
    answer: yes-no
    due: 1d
  - id: waiver
    do: Get a written waiver from both sides.
    owner: lawyer
    when: conflict.answer == true
    evidence: file
    if_not_done: stop
  - id: identity
    do: Copy the identity card or the extract from the register.
    owner: clerk
    evidence: file
    due: 3d
  - id: value
    do: What is the amount in dispute in euros?
    owner: lawyer
    answer: number
  - id: second_look
    do: Have the fee agreement looked at by a second partner.
    owner: Maren Holt
    when: value.answer >= 50000 or waiver.done
    if_not_done: continue
  - id: file
    do: Open the file and send the fee agreement.
    owner: clerk
`;

export const PROCEDURES: readonly PlannedRun[] = [
  {
    name: 'no conflict, small matter',
    yaml: INTAKE,
    answers: { conflict: { answer: 'no' }, identity: { file: 'id.pdf' }, value: { answer: '4800' }, file: {} },
    asked: ['conflict#1 p1', 'identity#1 p2', 'value#1 p1', 'file#1 p2'],
    status: 'completed',
    expected: ['conflict done', 'waiver skipped', 'identity done', 'value done', 'second_look skipped', 'file done'],
  },
  {
    name: 'large matter, the second look is declined and does not matter',
    yaml: INTAKE,
    answers: {
      conflict: { answer: 'Nein' },
      identity: { file: 'id.pdf' },
      value: { answer: '50000' },
      second_look: 'rejected',
      file: {},
    },
    asked: ['conflict#1 p1', 'identity#1 p2', 'value#1 p1', 'second_look#1 p1', 'file#1 p2'],
    status: 'completed',
    expected: ['conflict done', 'waiver skipped', 'identity done', 'value done', 'second_look not_done', 'file done'],
  },
  {
    name: 'a conflict without waiver ends it',
    yaml: INTAKE,
    answers: { conflict: { answer: 'yes' }, waiver: 'rejected' },
    asked: ['conflict#1 p1', 'waiver#1 p1'],
    status: 'stopped',
    expected: [
      'conflict done',
      'waiver not_done',
      'identity not_reached',
      'value not_reached',
      'second_look not_reached',
      'file not_reached',
    ],
  },
  {
    name: 'an answer that is no number is asked for again, and evidence that never comes ends it',
    yaml: INTAKE.replace('answer: number', 'answer: number\n    evidence: text'),
    answers: {
      conflict: { answer: 'n' },
      identity: { file: 'id.pdf' },
      'value#1': { answer: 'plenty' },
      'value#2': { answer: '100' },
      'value#3': { answer: '100' },
    },
    asked: ['conflict#1 p1', 'identity#1 p2', 'value#1 p1', 'value#2 p1', 'value#3 p1'],
    status: 'stopped',
    expected: [
      'conflict done',
      'waiver skipped',
      'identity done',
      'value not_done',
      'second_look not_reached',
      'file not_reached',
    ],
  },
  {
    name: 'late',
    yaml: INTAKE,
    answers: { conflict: { answer: 'no' }, identity: 'late' },
    asked: ['conflict#1 p1', 'identity#1 p2'],
    status: 'overdue',
    expected: [
      'conflict done',
      'waiver skipped',
      'identity overdue',
      'value not_reached',
      'second_look not_reached',
      'file not_reached',
    ],
  },
];
