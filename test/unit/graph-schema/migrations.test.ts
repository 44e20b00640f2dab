import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GraphEngine, openGraph, schema } from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { silentLogger, systemClock } from '#platform';
import { type Migration, migrations } from '../../../graph-schema/migrations/index.ts';

const common = { schema, clock: systemClock, logger: silentLogger };

/** Later than those that there are: each notes that it ran. */
function later(count: number): Migration[] {
  return Array.from({ length: count }, (_, at) => {
    const number = migrations.length + 1 + at;
    const run: Migration['run'] = async (transaction) => {
      await transaction.run('CREATE (n:Probe) SET n.number = $number', { number });
    };
    return { number, name: `step ${number}`, run };
  });
}

describe('migrations of the graph', () => {
  let engine: GraphEngine;
  beforeEach(async () => {
    engine = await createGrafeoEngine({ memory: true, ...common });
  });
  afterEach(() => engine.close());

  const open = (more: readonly Migration[] = []) => openGraph({ engine, ...common }, [...migrations, ...more]);
  const ran = async () =>
    (await engine.read('MATCH (n:Probe) RETURN n.number AS number ORDER BY number')).map(({ number }) => number);

  it('are numbered from 1 without a gap', () => {
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, at) => at + 1));
  });

  it('run once each, in order, also those that come with a later version', async () => {
    expect((await open()).migrated).toHaveLength(migrations.length);
    const [second, third] = later(2);
    expect((await open([second!])).migrated).toEqual([`${second!.number} ${second!.name}`]);
    expect((await open([second!, third!])).migrated).toEqual([`${third!.number} ${third!.name}`]);
    expect((await open([second!, third!])).migrated).toEqual([]);
    expect(await ran()).toEqual([second!.number, third!.number]);
  });

  it('leave nothing of one that fails, which runs at the next opening', async () => {
    await open();
    const [step] = later(1);
    const broken: Migration = {
      ...step!,
      async run(transaction) {
        await step!.run(transaction);
        throw new Error('the disk is full');
      },
    };
    await expect(open([broken])).rejects.toThrow('the disk is full');
    expect(await ran()).toEqual([]);
    expect((await open([step!])).migrated).toHaveLength(1);
    expect(await ran()).toEqual([step!.number]);
  });

  it('refuse a graph of a newer Kaze and change nothing in it', async () => {
    const [step] = later(1);
    await open([step!]);
    await expect(open()).rejects.toMatchObject({
      code: 'KAZE_GRAPH_NEWER',
      fields: { found: step!.number, known: migrations.length },
    });
    expect((await open([step!])).migrated).toEqual([]);
  });
});
