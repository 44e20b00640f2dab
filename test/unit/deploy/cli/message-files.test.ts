import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageFiles } from '../../../../deploy/cli/conversation/message-files.ts';
import { fakeCell, kaze } from './fake-terminal.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kaze-chat-'));
  mkdirSync(join(cwd, 'exports'));
  for (const name of ['queries.csv', 'my queries.csv', 'exports/a.csv', 'README']) writeFileSync(join(cwd, name), name);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('files in a message', () => {
  it.each([
    ['Research @queries.csv, please', 'Research @queries.csv, please', [{ path: 'queries.csv' }]],
    ['@exports/a.csv', '@a.csv', [{ path: 'exports/a.csv' }]],
    ['with @"my queries.csv"!', 'with @my queries.csv!', [{ path: 'my queries.csv' }]],
    ['current_rankings=@queries.csv.', '@queries.csv.', [{ input: 'current_rankings', path: 'queries.csv' }]],
    ['@queries.csv and @README', '@queries.csv and @README', [{ path: 'queries.csv' }, { path: 'README' }]],
  ])('%s', async (line, text, files) => {
    expect(await messageFiles(line, cwd)).toEqual({ text, files, missing: [] });
  });

  it.each([
    ['ask @anna about it', []],
    ['write to me@example.com', []],
    ['a folder is none: @exports', []],
    ['@querys.csv', ['querys.csv']],
    ['x=@nothing', ['nothing']],
  ])('%s is text as it stands', async (line, missing) => {
    expect(await messageFiles(line, cwd)).toEqual({ text: line, files: [], missing });
  });

  it('go ahead as uploads, and a word that looks like a file is told of', async () => {
    const sent = {
      sendMessage: { conversation: null, message: null, reply: null, task: null, clarifying: false },
    };
    const cell = fakeCell({ MessageSend: sent });
    const ran = await kaze(['chat', '--tenant', 'acme', '--json'], {
      connect: cell.connect,
      cwd,
      stdin: 'research with current_rankings=@exports/a.csv\nand @typo.csv\n',
    });
    expect(ran.code).toBe(0);
    expect(cell.uploads).toEqual([{ name: 'a.csv', contentType: 'text/csv', text: 'exports/a.csv' }]);
    const inputs = cell.calls.filter(({ name }) => name === 'MessageSend').map(({ variables }) => variables.input);
    expect(inputs).toMatchObject([
      { text: 'research with @a.csv', files: [{ input: 'current_rankings', upload: 'upload-1' }] },
      { text: 'and @typo.csv' },
    ]);
    expect(inputs[1]).not.toHaveProperty('files');
    expect(ran.err).toContain('there is no file typo.csv');
  });
});
