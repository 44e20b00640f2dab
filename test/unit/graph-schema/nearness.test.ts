import { describe, expect, it } from 'vitest';
import { nearness } from '../../../graph-schema/algorithms/nearness.ts';
import type { Subgraph } from '../../../graph-schema/ports/graph-store.ts';

describe('nearness by relationships', () => {
  const node = (id: string) => ({ id, label: 'Chunk', caption: id, depth: 0 });
  const graph: Subgraph = {
    nodes: ['a', 'b', 'alone', 'entity', 'far'].map(node),
    edges: [
      { type: 'MENTIONS', from: 'a', to: 'entity' },
      { type: 'MENTIONS', from: 'b', to: 'entity' },
      { type: 'MENTIONS', from: 'far', to: 'b' },
    ],
    truncated: false,
  };

  it('lifts seeds that hang together and what lies between, not a seed by itself', () => {
    const near = nearness(
      graph,
      new Map([
        ['a', 1],
        ['b', 1],
        ['alone', 1],
      ]),
    );
    expect(near.get('entity')).toBe(1);
    expect(near.get('b')).toBeGreaterThan(0);
    expect(near.has('alone')).toBe(false);
    expect(near.get('far')!).toBeLessThan(near.get('entity')!);
  });

  it('is empty without a seed in the graph, and without any relationship', () => {
    expect(nearness(graph, new Map([['elsewhere', 1]])).size).toBe(0);
    expect(nearness(graph, new Map([['alone', 1]])).size).toBe(0);
  });
});
