import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCell } from '../../../../deploy/cli/connection/find-cell.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kaze-find-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function cellIn(folder: string, { url = 'http://127.0.0.1:4000', token = 'folder-token', mode = 0o600 } = {}) {
  mkdirSync(join(folder, 'credentials'), { recursive: true });
  writeFileSync(join(folder, 'cell.json'), JSON.stringify({ url, pid: 1 }));
  writeFileSync(join(folder, 'credentials', 'token'), `${token}\n`);
  chmodSync(join(folder, 'credentials', 'token'), mode);
}

describe('finding the cell', () => {
  it('takes address and token from ./.kaze', async () => {
    cellIn(join(cwd, '.kaze'));
    expect(await findCell({}, { cwd, env: {} })).toEqual({ url: 'http://127.0.0.1:4000', token: 'folder-token' });
  });

  it('takes the folder from --data before KAZE_DATA_DIR, and KAZE_URL not against --data', async () => {
    cellIn(join(cwd, 'a'), { url: 'http://127.0.0.1:1' });
    cellIn(join(cwd, 'b'), { url: 'http://127.0.0.1:2' });
    const env = { KAZE_DATA_DIR: 'b', KAZE_URL: 'http://127.0.0.1:3' };
    expect((await findCell({ data: 'a' }, { cwd, env })).url).toBe('http://127.0.0.1:1');
    expect((await findCell({}, { cwd, env: { KAZE_DATA_DIR: 'b' } })).url).toBe('http://127.0.0.1:2');
  });

  it('takes flags before the environment before the folder', async () => {
    cellIn(join(cwd, '.kaze'));
    const env = { KAZE_URL: 'http://cell.example/graphql', KAZE_API_TOKEN: 'from-env' };
    expect(await findCell({}, { cwd, env })).toEqual({ url: 'http://cell.example', token: 'from-env' });
    const flags = { url: 'https://other.example:8443/', token: 'from-flag' };
    expect(await findCell(flags, { cwd, env })).toEqual({ url: 'https://other.example:8443', token: 'from-flag' });
  });

  it('does not send the token of a folder to another address', async () => {
    cellIn(join(cwd, '.kaze'));
    const failure = findCell({ url: 'http://evil.example' }, { cwd, env: {} });
    await expect(failure).rejects.toMatchObject({ code: 'KAZE_CLI_NO_CREDENTIAL' });
  });

  it.skipIf(process.platform === 'win32')('refuses a token file that others can read', async () => {
    cellIn(join(cwd, '.kaze'), { mode: 0o644 });
    const failure = findCell({}, { cwd, env: {} });
    await expect(failure).rejects.toMatchObject({ code: 'KAZE_CLI_CREDENTIAL_OPEN' });
  });

  it('says where it looked and what to do when there is no cell', async () => {
    await expect(findCell({}, { cwd, env: {} })).rejects.toMatchObject({
      code: 'KAZE_CLI_NO_CELL',
      message: 'no cell at ./.kaze, run npm start (or give --data, or --url and a token)',
    });
  });

  it.each(['nonsense', 'ftp://x', 'http://user:secret@cell.example'])('refuses the address %s', async (url) => {
    await expect(findCell({ url, token: 't' }, { cwd, env: {} })).rejects.toMatchObject({ code: 'KAZE_CLI_USAGE' });
  });
});
