import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeCell, kaze } from './fake-terminal.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kaze-query-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const answer = { data: { me: { name: 'Ada' } } };

describe('kaze query', () => {
  it.each([
    ['an expression', ['-e', '{ me { name } }'], ''],
    ['an operation where a file is expected', ['{ me { name } }'], ''],
    ['a file', ['me.graphql'], ''],
    ['standard input', [], '{ me { name } }'],
  ])('runs %s', async (_name, given, stdin) => {
    writeFileSync(join(cwd, 'me.graphql'), '{ me { name } }');
    const cell = fakeCell({ raw: answer });
    const { code, out } = await kaze(['query', ...given], { cwd, stdin, connect: cell.connect });
    expect({ code, answer: JSON.parse(out) }).toEqual({ code: 0, answer });
    expect(cell.calls).toEqual([{ name: 'raw', variables: { query: '{ me { name } }', variables: {} } }]);
  });

  it('takes variables as JSON or from a file, and does not end with 0 where the answer has errors', async () => {
    writeFileSync(join(cwd, 'variables.json'), '{ "id": "one" }');
    const refused = { errors: [{ message: 'no', extensions: { code: 'KAZE_API_UNAUTHENTICATED' } }] };
    for (const variables of ['{ "id": "one" }', '@variables.json']) {
      const cell = fakeCell({ raw: refused });
      const argv = ['query', 'query Task($id: ID!) { task(id: $id) { id } }', '--variables', variables];
      expect((await kaze(argv, { cwd, connect: cell.connect })).code).toBe(5);
      expect(cell.calls[0]!.variables).toMatchObject({ variables: { id: 'one' } });
    }
  });

  it('says which file is not there', async () => {
    const { code, err } = await kaze(['query', 'why.graphql'], { cwd, connect: fakeCell({}).connect });
    expect(code).toBe(2);
    expect(err).toContain('why.graphql cannot be read');
  });
});
