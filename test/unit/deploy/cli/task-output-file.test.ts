import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeCell, kaze } from './fake-terminal.ts';

const base = { id: 'o1', summary: 'Done.', metrics: {}, notes: [], deliveredAt: null, evaluations: { nodes: [] } };
const output = {
  report_html: '<p>made</p>',
  report_pdf: { media_type: 'application/pdf', base64: Buffer.from('%PDF-1').toString('base64') },
  scores_csv: 'a,b\n',
  empty_text: null,
  figures: [{ name: 'clicks' }],
};
const cellWith = (outcome: object | null) =>
  fakeCell({
    TaskDetail: {
      task: { id: 't1', state: 'delivered', outcomes: { nodes: outcome ? [{ ...base, ...outcome }] : [] } },
    },
  });

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kaze-output-file-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

describe('kaze tasks show --output', () => {
  const run = (outcome: object | null, ...more: string[]) =>
    kaze(['tasks', 'show', 't1', ...more], { cwd, connect: cellWith(outcome).connect });
  const delivered = { state: 'delivered', output, editedOutput: null };

  it('writes the output whose name ends in the format of the file, for its owner alone', async () => {
    const { code, out } = await run(delivered, '--output', 'report.html');
    expect(code).toBe(0);
    expect(out).toBe(`${join(cwd, 'report.html')} (report_html, 11 B)\n`);
    expect(readFileSync(join(cwd, 'report.html'), 'utf8')).toBe('<p>made</p>');
    expect(statSync(join(cwd, 'report.html')).mode & 0o777).toBe(0o600);
  });

  it('writes bytes that an output carries, and what a person edited before what was made', async () => {
    expect((await run(delivered, '--output', 'a.pdf', '--json')).out).toContain('"output":"report_pdf"');
    expect(readFileSync(join(cwd, 'a.pdf'), 'latin1')).toBe('%PDF-1');
    await run({ ...delivered, editedOutput: { ...output, report_html: '<p>edited</p>' } }, '--output', 'b.htm');
    expect(readFileSync(join(cwd, 'b.htm'), 'utf8')).toBe('<p>edited</p>');
    await run(delivered, '--output', 'all.json');
    expect(JSON.parse(readFileSync(join(cwd, 'all.json'), 'utf8'))).toEqual(output);
  });

  it('writes a text to standard output as it is, and refuses bytes there', async () => {
    expect(await run(delivered, '--output', '-', '--format', 'csv')).toEqual({ code: 0, out: 'a,b\n', err: '' });
    expect(await run(delivered, '--output', '-', '--format', 'pdf')).toMatchObject({ code: 2, out: '' });
  });

  it('tells when the outcome is not delivered yet', async () => {
    const { err } = await run({ ...delivered, state: 'awaiting_approval' }, '--output', 'report.html');
    expect(err).toBe('This outcome is awaiting approval.\n');
  });

  it('tells when another form of the same output was edited and this one was not', async () => {
    const outcome = { ...delivered, output: { ...output, report_markdown: 'made' } };
    const editedOutput = { ...outcome.output, report_markdown: 'edited' };
    const { err } = await run({ ...outcome, editedOutput }, '--output', 'report.html');
    expect(err).toBe(
      'report_markdown was edited at approval; report_html is as it was made and does not have the change.\n',
    );
    expect((await run({ ...outcome, editedOutput }, '--output', 'report.md')).err).toBe('');
    expect((await run({ ...outcome, editedOutput }, '--output', 'scores.csv')).err).toBe('');
  });

  it('names the outputs that a person edited, where the task is shown', async () => {
    const { out } = await run({ ...delivered, editedOutput: { ...output, report_html: 'x', scores_csv: 'a\n' } });
    expect(out).toContain('\nedited at approval\n  report_html, scores_csv\n');
    expect((await run(delivered)).out).not.toContain('edited');
  });

  it('overwrites nothing', async () => {
    await run(delivered, '--output', 'report.html');
    const { code, err } = await run(delivered, '--output', 'report.html');
    expect(code).not.toBe(0);
    expect(err).toContain('report.html exists already; nothing is overwritten');
  });

  it('names what there is when there is nothing of the format, and needs a format and an outcome', async () => {
    const { err } = await run(delivered, '--output', 'report.docx');
    expect(err).toContain('no output as docx; it has report_html, report_pdf, scores_csv, and json');
    expect((await run(delivered, '--output', 'x.text')).err).toContain('empty_text is empty; its notes say why');
    expect((await run(delivered, '--output', 'report')).err).toContain('say which output is meant');
    expect((await run(delivered, '--format', 'html')).err).toContain('--format belongs to --output FILE');
    expect((await run(null, '--output', 'report.html')).err).toContain('has no outcome yet');
  });
});
