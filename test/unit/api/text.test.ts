import { describe, expect, it } from 'vitest';
import type { CypherRow, RootShape } from '#graph-schema';
import { type Shaper, shapeObject } from '../../../api/execution/shape.ts';
import { jsonOf, rowWriter, textOfData, writtenData } from '../../../api/execution/text.ts';

const page = { first: 2, order: [], cursorProperties: [] };
const skill = shapeObject<object>([['name', { property: 'name', required: 'Skill.name' }]]);
const agent = shapeObject<object>([
  ['__typename', { constant: 'Agent' }],
  ['id', { property: 'id', required: 'Agent.id' }],
  ['born', { property: 'at', convert: (value: number) => new Date(value).toISOString() }],
  ['skills', { property: '_0', convert: shapeObject<object>([['nodes', { list: 'nodes', item: skill }]]) }],
  ['boss', { property: '_1', convert: shapeObject<object>([['id', { property: 'id' }]]) }],
]);
const shapers = new Map<string, Shaper<never>>([['agent', agent]]);
const skills = { key: '_0', kind: 'page' as const, node: { keys: ['name'], relations: [] }, page, edgeKeys: [] };
const boss = { key: '_1', kind: 'one' as const, node: { keys: ['id'], relations: [] }, edgeKeys: [] };
const node = { keys: ['id', 'at', '_0', '_1'], relations: [skills, boss] };
const layout: RootShape[] = [{ key: 'agent', column: 'r', kind: 'one', node }];
const rowOf = (values: unknown) => ({ r: values }) as unknown as CypherRow;

describe('a value as JSON', () => {
  it.each([
    ['plain'],
    [''],
    ['a "quoted" \\ line\nand \u0000\u001f\u007f'],
    ['Żółć 😀'],
    ['a lone \ud800 half'],
    ['\u2028'],
    [`long ${'"'.repeat(80)}`],
    [0],
    [-0],
    [1e21],
    [0.1],
    [Number.NaN],
    [true],
    [null],
    [['a', 'b"']],
    [{ a: [1] }],
  ])('is what the language itself writes: %j', (value) => {
    expect(jsonOf(value)).toBe(JSON.stringify(value));
  });
});

describe('the text of a row', () => {
  it('has keys, constants, converted values and related nodes, pages cut to their size', () => {
    const write = rowWriter(shapers, layout)!;
    expect(JSON.parse(write(rowOf([['a"1', 0, [['x'], ['y'], ['z']], [['b']]]]))!)).toEqual({
      agent: {
        ...{ __typename: 'Agent', id: 'a"1', born: '1970-01-01T00:00:00.000Z' },
        ...{ skills: { nodes: [{ name: 'x' }, { name: 'y' }] }, boss: { id: 'b' } },
      },
    });
    expect(write(rowOf([['a', null, [], []]]))).toBe(
      '{"agent":{"__typename":"Agent","id":"a","born":null,"skills":{"nodes":[]},"boss":null}}',
    );
    expect(write(rowOf([]))).toBe('{"agent":null}');
  });

  it('is left to the objects when a value is missing that must not be', () => {
    expect(rowWriter(shapers, layout)!(rowOf([[null, 0, [], []]]))).toBeUndefined();
  });

  it.each([
    ['totals', { ...skills, totalKey: '~t' }],
    ['cursors', { ...skills, page: { ...page, cursorProperties: ['id'] } }],
    ['edges', { ...skills, edgeKeys: ['since'] }],
  ])('is left to the objects where a page has %s', (_what, changed) => {
    expect(rowWriter(shapers, [{ ...layout[0]!, node: { ...node, relations: [changed, boss] } }])).toBeUndefined();
  });

  it('is left to the objects where the past is asked for', () => {
    expect(rowWriter(shapers, [{ ...layout[0]!, node: { ...node, revisionsKey: '~b0' } }])).toBeUndefined();
  });
});

describe('written data', () => {
  it('is known by its text, and is what the text says to any other hand', () => {
    const data = writtenData('{"a":1}');
    expect(textOfData(data)).toBe('{"a":1}');
    expect(textOfData({ a: 1 })).toBeUndefined();
    expect(JSON.stringify({ data })).toBe('{"data":{"a":1}}');
  });
});
