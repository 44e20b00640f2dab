import { expect, it } from 'vitest';
import { personPrincipal, type ReadPlan, schema } from '#graph-schema';
import { compileRead } from '../../../graph-schema/read/compile.ts';
import { TextBuilder } from '../../../graph-schema/read/text.ts';

const reader = personPrincipal({ id: 'p1', name: 'Ada', role: 'viewer', tenant: 'acme' });

it('lets an index order the root of a read, and never what stands behind a relation', () => {
  const outcomes = { field: 'outcomes', page: { first: 5 }, select: { properties: { id: 'id' } } };
  const select = { properties: { id: 'id' }, relations: { outcomes } };
  const plan: ReadPlan = { roots: [{ key: 'tasks', node: 'Task', find: { by: 'page', page: { first: 5 } }, select }] };
  const { text } = compileRead(plan, new TextBuilder(schema, reader), { visibility: 'public', maxPage: 100 });
  const lines = text.split('\n').filter((line) => line.startsWith('MATCH'));
  expect(lines.map((line) => [/:(\w+)\)( WHERE|$)/.exec(line)?.[1], line.includes('createdAt IS NOT NULL')])).toEqual([
    ['Task', true],
    ['Outcome', false],
  ]);
});
