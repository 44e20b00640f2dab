import { describe, expect, it } from 'vitest';
import type { CypherRow, RootShape } from '#graph-schema';
import { begin, value, written } from '../../../api/execution/json-bytes.ts';
import { rowWriter } from '../../../api/execution/row-writer.ts';
import { type Shaper, shapeObject } from '../../../api/execution/shape.ts';

const page = { first: 2, order: [], cursorProperties: [] };
const skill = shapeObject<object>([['name', { property: 'name', required: 'Skill.name' }]]);
const agent = shapeObject<object>([
  ['__typename', { constant: 'Agent' }],
  ['id', { property: 'id', required: 'Agent.id' }],
  ['born', { property: 'at', convert: (given: number) => new Date(given).toISOString() }],
  ['skills', { property: '_0', convert: shapeObject<object>([['nodes', { list: 'nodes', item: skill }]]) }],
  ['boss', { property: '_1', convert: shapeObject<object>([['id', { property: 'id' }]]) }],
]);
const shapers = new Map<string, Shaper<never>>([['agent', agent]]);
const skills = { key: '_0', kind: 'page' as const, node: { keys: ['name'], relations: [] }, page, edgeKeys: [] };
const boss = { key: '_1', kind: 'one' as const, node: { keys: ['id'], relations: [] }, edgeKeys: [] };
const node = { keys: ['id', 'at', '_0', '_1'], relations: [skills, boss] };
const layout: RootShape[] = [{ key: 'agent', column: 'r', kind: 'one', node }];
const rowOf = (values: unknown) => ({ r: values }) as unknown as CypherRow;
const textOf = (values: unknown) => rowWriter(shapers, layout)!(rowOf(values))?.toString();

describe('a value as the bytes of JSON', () => {
  const wide = Array.from({ length: 200 }, (_, code) => String.fromCharCode(code)).join('');
  it.each([
    ['plain'],
    [''],
    ['a "quoted" \\ line\nand \u0000\u001f\u007f'],
    ['Żółć 😀'],
    ['a lone \ud800 half'],
    ['\u2028'],
    [wide],
    [`long ${'"'.repeat(800)}`],
    ['longer than the buffer '.repeat(20_000)],
    [`ends beyond ASCII ${'x'.repeat(400)}ż`],
    [0],
    [-0],
    [1e21],
    [0.1],
    [Number.NaN],
    [true],
    [false],
    [null],
    [['a', 'b"']],
    [{ a: [1] }],
  ])('is what the language itself writes: %.40j', (given) => {
    begin();
    value(given);
    expect(written().toString()).toBe(Buffer.from(JSON.stringify(given)).toString());
  });

  it('has no room kept for it beyond what it needs, also after one that needed much', () => {
    begin();
    for (let index = 0; index < 12; index++) value('y'.repeat(500_000));
    expect(written()).toHaveLength(12 * 500_002);
    begin();
    value('z');
    expect(written()).toEqual(Buffer.from('"z"'));
  });
});

describe('the bytes of a row', () => {
  it('have keys, constants, converted values and related nodes, pages cut to their size', () => {
    expect(JSON.parse(textOf([['a"1', 0, [['x'], ['y'], ['z']], [['b']]]])!)).toEqual({
      data: {
        agent: {
          ...{ __typename: 'Agent', id: 'a"1', born: '1970-01-01T00:00:00.000Z' },
          ...{ skills: { nodes: [{ name: 'x' }, { name: 'y' }] }, boss: { id: 'b' } },
        },
      },
    });
    expect(textOf([['a', null, [], []]])).toBe(
      '{"data":{"agent":{"__typename":"Agent","id":"a","born":null,"skills":{"nodes":[]},"boss":null}}}\n',
    );
    expect(textOf([])).toBe('{"data":{"agent":null}}\n');
  });

  it('are left to the objects when a value is missing that must not be, or cannot be shown', () => {
    expect(textOf([[null, 0, [], []]])).toBeUndefined();
    expect(textOf([['a', Number.NaN, [], []]])).toBeUndefined();
    expect(textOf([['a', 0, [], []]])).toContain('"id":"a"');
  });

  it.each([
    ['totals', { ...skills, totalKey: '~t' }],
    ['cursors', { ...skills, page: { ...page, cursorProperties: ['id'] } }],
    ['edges', { ...skills, edgeKeys: ['since'] }],
  ])('are left to the objects where a page has %s', (_what, changed) => {
    expect(rowWriter(shapers, [{ ...layout[0]!, node: { ...node, relations: [changed, boss] } }])).toBeUndefined();
  });

  it('are left to the objects where the past is asked for', () => {
    expect(rowWriter(shapers, [{ ...layout[0]!, node: { ...node, revisionsKey: '~b0' } }])).toBeUndefined();
  });
});
