/**
 * What invoice-check and meeting-notes find of what was planted, on seeds that no test uses. Bars of the issue for
 * invoices: every fault, alarms on at most .02 of the clean ones.
 */
import { INVOICE_FORMATS } from '../../test/fixtures/clients/law-office/invoice-files.ts';
import { scoreInvoices } from '../../test/support/skills/measure-invoice-check.ts';
import { scoreMeetings } from '../../test/support/skills/measure-meeting-notes.ts';
import { table } from '../measure.ts';

const SEEDS = [901, 902, 903, 904];
const MOST_ALARMS = 0.02;
const share = (part: number, whole: number) => (whole === 0 ? 1 : part / whole);

const invoiceRows: Array<Array<string | number>> = [];
const invoiceFindings: unknown[] = [];
for (const format of INVOICE_FORMATS) {
  const total = { invoices: 0, faults: 0, missed: 0, clean: 0, alarms: 0 };
  const began = performance.now();
  for (const seed of SEEDS) {
    const score = await scoreInvoices({ seed, invoices: format.startsWith('pdf') ? 60 : 300, format });
    for (const line of [...score.missed, ...score.alarms]) console.log(`${format} ${seed}: ${line}`);
    total.invoices += score.invoices;
    total.faults += score.faults;
    total.missed += score.missed.length;
    total.clean += score.clean;
    total.alarms += score.alarms.length;
  }
  const msEach = (performance.now() - began) / total.invoices;
  const recall = share(total.faults - total.missed, total.faults);
  const alarms = 1 - share(total.clean - total.alarms, total.clean);
  const verdict = recall === 1 && alarms <= MOST_ALARMS ? 'met' : 'MISSED';
  invoiceRows.push([format, total.invoices, total.faults, recall, alarms, msEach, verdict]);
  invoiceFindings.push({ format, ...total, recall, falseAlarms: alarms, msEach, verdict });
}
const invoices = 'Invoices with planted faults';
console.log(
  `\n## ${invoices}\n\n${table(['format', 'invoices', 'faults', 'recall', 'false alarms', 'ms each', 'verdict'], invoiceRows)}`,
);
process.send?.({ title: invoices, findings: invoiceFindings });

const meetingRows: Array<Array<string | number>> = [];
const meetingFindings: unknown[] = [];
for (const language of ['en', 'de'] as const) {
  const seeds = Array.from({ length: 120 }, (_, at) => 901 + at);
  const { planted, missed, alarms, wrong, actions } = await scoreMeetings({ language, seeds });
  const recall = share(planted - missed.length, planted);
  const precision = share(planted - missed.length, planted - missed.length + alarms.length);
  const right = share(actions - wrong.length, actions);
  meetingRows.push([language, seeds.length, planted, recall, precision, right]);
  meetingFindings.push({ language, meetings: seeds.length, planted, recall, precision, ownerAndDay: right });
}
const meetings = 'Meetings with planted decisions, actions and questions';
console.log(
  `\n## ${meetings}\n\n${table(['language', 'meetings', 'items', 'recall', 'precision', 'owner and day right'], meetingRows)}`,
);
process.send?.({ title: meetings, findings: meetingFindings });
