import { describe, expect, it } from 'vitest';
import { MissingValue, shapeObject } from '../../../api/execution/shape.ts';

const id = { property: 'id', required: 'Task.id' };

describe('a shaped object', () => {
  it('has the keys of the selection in its order, aliases that objects treat specially included', () => {
    const shape = shapeObject<{ id: string }>([
      ['__proto__', id],
      ['constructor', id],
      ['b', { property: 'id', convert: (value: string) => value.length }],
      ['a', () => 'made'],
    ]);
    expect(JSON.stringify(shape({ id: 'x' }))).toBe('{"__proto__":"x","constructor":"x","b":1,"a":"made"}');
  });

  it('has null for a missing value that may be missing, and says which one may not', () => {
    const shape = shapeObject<{ id?: string | null }>([['name', { property: 'name', convert: () => 'converted' }]]);
    expect(shape({})).toEqual({ name: null });
    expect(() => shapeObject<{ id?: string }>([['id', id]])({})).toThrow(new MissingValue('Task.id'));
    const converted = shapeObject<{ id?: null }>([['id', { ...id, convert: () => 'converted' }]]);
    expect(() => converted({ id: null })).toThrow(MissingValue);
  });

  it('keeps falsy values', () => {
    const shape = shapeObject<object>([
      ['zero', { property: 'zero', required: 'T.zero' }],
      ['no', { property: 'no' }],
    ]);
    expect(shape({ zero: 0, no: false })).toEqual({ zero: 0, no: false });
  });

  it('shares one function between equal selections and mixes up nothing', () => {
    const shapeOf = (of: string) => shapeObject<object>([['value', () => of]]);
    const [first, second] = [shapeOf('first'), shapeOf('second')];
    expect([first({}), second({})]).toEqual([{ value: 'first' }, { value: 'second' }]);
  });

  it('shapes each item of a list by itself alone', () => {
    const shape = shapeObject<object>([['nodes', { list: 'nodes', item: (...given: unknown[]) => given.length }]]);
    expect(shape({ nodes: [1, 2] })).toEqual({ nodes: [1, 1] });
  });
});
