import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import {
  buildSchema,
  loadDefinitions,
  type NodeDefinition,
  openGraph,
  systemPrincipal,
  tenantScope,
} from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { silentLogger, systemClock } from '#platform';

const NEW_TYPE = `
export const Invoice = {
  name: 'Invoice', plural: 'invoices', family: 'work', describe: 'A bill.',
  properties: {
    number: { kind: 'string', describe: 'Its number.' },
    cents: { kind: 'int', describe: 'What it asks for.', min: 0 },
  },
  edges: {
    task: { type: 'BILLS', to: 'Task', many: false, inverse: { field: 'invoices', many: true }, describe: 'The work.' },
  },
};
`;

describe('adding a node type', () => {
  const folders: string[] = [];
  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true });
  });

  it('takes one file, and it is validated, stored, related and read like any other', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kaze-definitions-'));
    folders.push(folder);
    await writeFile(join(folder, 'invoice.ts'), NEW_TYPE);
    const shipped = await loadDefinitions(new URL('../../../graph-schema/definitions/nodes/', import.meta.url));
    const added = await loadDefinitions(pathToFileURL(`${folder}/`));
    const schema = buildSchema([...shipped, ...added]);
    const Invoice = added[0]! as NodeDefinition;

    const engine = await createGrafeoEngine({ memory: true, logger: silentLogger, clock: systemClock });
    const { store } = await openGraph({ engine, schema, clock: systemClock, logger: silentLogger });
    const cell = systemPrincipal('cell');
    const scope = tenantScope('acme');
    const write = (values: Record<string, unknown>) =>
      store.transact(cell, { why: 'a test' }, async (unit) => {
        const task = unit.create(shipped.find(({ name }) => name === 'Task')!, {
          ...{ skill: 'x', state: 'queued', inputs: '{}', attempt: 0, maxAttempts: 1, steps: 0, maxSteps: 1 },
          ...{ timeoutMs: 1, costMicros: 0, cancelRequested: false, scope },
        } as never);
        const invoice = unit.create(Invoice, { scope, ...values } as never);
        unit.relate(Invoice, 'task', invoice, task);
        return { task, invoice };
      });
    await expect(write({ number: 'A1', cents: -1 })).rejects.toMatchObject({ code: 'KAZE_GRAPH_INVALID' });
    const { task, invoice } = await write({ number: 'A1', cents: 1200 });
    const result = await store.read(cell, {
      roots: [
        {
          key: 'task',
          node: 'Task',
          find: { by: 'id', id: task },
          select: {
            properties: {},
            relations: { bills: { field: 'invoices', select: { properties: { id: 'id', cents: 'cents' } } } },
          },
        },
      ],
    });
    expect(result.task).toEqual({ bills: { nodes: [{ id: invoice, cents: 1200 }], hasNextPage: false } });
    await store.close();
  });

  it('is refused where it does not fit the others', async () => {
    const base = { family: 'work', describe: 'x', properties: {}, edges: {} } as const;
    const edge = { type: 'X', many: false, inverse: { field: 'others', many: true }, describe: 'x' } as const;
    const build =
      (...definitions: NodeDefinition[]) =>
      () =>
        buildSchema(definitions);
    expect(build({ ...base, name: 'A', plural: 'as' }, { ...base, name: 'A', plural: 'bs' })).toThrow('defined twice');
    expect(build({ ...base, name: 'A', plural: 'as' }, { ...base, name: 'B', plural: 'as' })).toThrow('used twice');
    expect(build({ ...base, name: 'A', plural: 'as', edges: { b: { ...edge, to: 'B' } } })).toThrow(
      'unknown node type B',
    );
    expect(build({ ...base, name: 'A', plural: 'as', properties: { id: { kind: 'string', describe: 'x' } } })).toThrow(
      'has it already',
    );
  });

  it.each([
    ['the type With', { name: 'With' }],
    ['the type Node', { name: 'Node' }],
    ['the property match', { properties: { match: { kind: 'string', describe: 'x' } } }],
    ['the property lock', { properties: { lock: { kind: 'string', describe: 'x' } } }],
    ['the relationship WITH', { edges: { to: { type: 'WITH', inverse: { field: 'others', many: true } } } }],
    ['the relationship DROP', { edges: { to: { type: 'DROP', inverse: { field: 'others', many: true } } } }],
    ['the relation not', { edges: { not: { type: 'OF', inverse: { field: 'others', many: true } } } }],
    ['the inverse relation or', { edges: { to: { type: 'OF', inverse: { field: 'or', many: true } } } }],
    [
      'the relationship property set',
      {
        edges: {
          to: {
            type: 'OF',
            inverse: { field: 'others', many: true },
            properties: { set: { kind: 'int', describe: 'x' } },
          },
        },
      },
    ],
  ])('is refused with %s, which a text could not name', (_name, part: object) => {
    const base = { name: 'A', plural: 'lists', family: 'work', describe: 'x', properties: {}, edges: {}, ...part };
    const edges = Object.entries(base.edges).map(([name, edge]) => [
      name,
      { to: base.name, many: false, describe: 'x', ...(edge as object) },
    ]);
    const definition = { ...base, edges: Object.fromEntries(edges) } as unknown as NodeDefinition;
    expect(() => buildSchema([definition])).toThrow(/(query language|store itself).*choose another/);
  });
});
