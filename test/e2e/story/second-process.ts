import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CellProcess, until } from '../../support/cell/cell-process.ts';
import { removeFolder } from '../../support/cell/remove-folder.ts';

const QUERIES = new URL('../../../examples/acme/queries.csv', import.meta.url);
const SUBMIT = 'mutation Submit($input: SubmitTaskInput!) { submitTask(input: $input) { task { id } } }';
const SHOW = 'query Show($id: ID!) { task(id: $id) { state errorCode outcomes { nodes { summary } } } }';

interface Shown {
  readonly task: { readonly state: string; readonly outcomes: { readonly nodes: readonly unknown[] } };
}

/** Of a cell on servers: another process of it, with one folder of files for both. */
export function secondProcessSuite(cell: () => CellProcess, settings: () => Promise<Record<string, string>>): void {
  it('has a second process, which takes a file that the first one was sent into a task that the first one works on', async () => {
    const first = cell();
    const folder = await mkdtemp(join(tmpdir(), 'kaze-second-'));
    const second = new CellProcess(folder, {
      ...(await settings()),
      ...{ KAZE_DATA_FILES_DIR: first.folder, KAZE_RUNTIME_WORKERS: '0' },
    });
    try {
      await second.start();
      const sent = await fetch(`${first.url}/uploads?name=queries.csv`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${first.token}` },
        body: await readFile(QUERIES),
      });
      const { id: upload } = (await sent.json()) as { id: string };
      const input = {
        ...{ agent: 'seo-strategist', tenant: 'acme', skill: 'keyword-research' },
        inputs: { business_context: 'Acme sells coffee machines for offices.' },
        files: [{ input: 'current_rankings', upload }],
      };
      const { submitTask } = await second.query<{ submitTask: { task: { id: string } } }>(SUBMIT, { input });
      const { task } = await until(
        () => second.query<Shown>(SHOW, submitTask.task),
        (shown) => !['queued', 'running'].includes(shown.task.state),
        120_000,
      );
      expect(task).toMatchObject({ state: 'awaiting_approval', outcomes: { nodes: [expect.anything()] } });
      expect((await first.query<{ me: { role: string } }>('{ me { role } }')).me.role).toBe('admin');
    } finally {
      await second.kill();
      await removeFolder(folder);
    }
  }, 240_000);
}
