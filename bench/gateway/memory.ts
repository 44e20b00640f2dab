/** How much memory the process holds: after the start, in the middle of a run and at its end. */
import { redis } from '../../test/support/servers/index.ts';
import { type Finding, publish } from '../report.ts';
import { allTimes, type Round } from '../rounds.ts';
import { CONNECTIONS, cpuPerCall, type Field, kazeTarget, startKaze, type Target } from './field.ts';

const MOST_MIB = 120;
const FOR_MS = 3_600_000;
const SMALL_HEAP = ['--max-semi-space-size=4', '--max-old-space-size=96'];
/** Of the long run, whose throughput is not what it is about. */
const LONG_CONNECTIONS = 8;
const PARTS = 10;

interface Run {
  readonly calls: number;
  readonly afterStartMiB: number;
  readonly bars?: boolean;
}

async function findingsOf({ work }: Field, target: Target, run: Run): Promise<Finding[]> {
  const { calls, afterStartMiB, bars = false } = run;
  const half = () => work(target, { forMs: FOR_MS, requests: Math.ceil(calls / 2) })(CONNECTIONS);
  const first = await half();
  const halfMiB = (await target.server!.taken()).rssMiB;
  const rounds = [first, await half()];
  const endMiB = (await target.server!.taken()).rssMiB;
  const shown = { case: target.name, callers: CONNECTIONS, ...allTimes(rounds), value: endMiB };
  const cpu = cpuPerCall(rounds).toFixed(3);
  const notes = `${afterStartMiB.toFixed(0)} MiB after the start, ${halfMiB.toFixed(0)} at half; CPU ms a call ${cpu}`;
  const held: Finding = { ...shown, of: `MiB after ${calls} calls`, notes };
  if (!bars) return [held];
  return [
    { ...held, bar: ['most', MOST_MIB] },
    { ...shown, value: endMiB / halfMiB, of: 'of the memory at half', bar: ['most', 1.1] },
  ];
}

/** Kaze and Portkey, then Kaze with a small heap, with the embedded ledger, and with budgets and limits on Redis. */
export async function memory(field: Field, calls: number): Promise<void> {
  const { targets, startedMiB, address, ledger } = field;
  const findings = await findingsOf(field, targets.kaze, { calls, afterStartMiB: startedMiB.kaze!, bars: true });
  const { portkey } = targets;
  if (portkey) findings.push(...(await findingsOf(field, portkey, { calls, afterStartMiB: startedMiB.portkey! })));
  const shared = await redis.start();
  const variants: ReadonlyArray<readonly [string, readonly string[], readonly string[]]> = [
    [`kaze, node ${SMALL_HEAP.join(' ')}`, [`postgres=${ledger.url}`], SMALL_HEAP],
    ['kaze with the embedded ledger', [], []],
    ['kaze with budgets and limits on Redis', [`postgres=${ledger.url}`, `redis=${shared.url}`], []],
  ];
  for (const [name, args, flags] of variants) {
    const server = await startKaze(address, args, flags);
    const target = { ...kazeTarget(server), name };
    findings.push(...(await findingsOf(field, target, { calls, afterStartMiB: (await server.taken()).rssMiB })));
    await server.close();
  }
  await shared.stop();
  publish({ title: 'Gateway: memory of the process', findings });
}

/** `--long N`: memory at each tenth of so many calls to one process, and whether it grows after the first of them. */
export async function longRun({ work, address, ledger }: Field, calls: number): Promise<void> {
  const server = await startKaze(address, [`postgres=${ledger.url}`]);
  const target = kazeTarget(server);
  const atStart = (await server.taken()).rssMiB;
  const held: number[] = [];
  const rounds: Round[] = [];
  const findings: Finding[] = [];
  for (let part = 1; part <= PARTS; part++) {
    const round = await work(target, { forMs: FOR_MS, requests: Math.ceil(calls / PARTS) })(LONG_CONNECTIONS);
    rounds.push(round);
    held.push((await server.taken()).rssMiB);
    const cpu = cpuPerCall([round]).toFixed(3);
    const shown = { case: `${part}/${PARTS} of ${calls} calls`, callers: LONG_CONNECTIONS, ...allTimes([round]) };
    findings.push({ ...shown, value: held.at(-1)!, of: 'MiB', notes: `CPU ms a call ${cpu}` });
    console.error(`${shown.case}: ${held.at(-1)!.toFixed(0)} MiB, CPU ms a call ${cpu}`);
  }
  await server.close();
  const whole = { callers: LONG_CONNECTIONS, ...allTimes(rounds) };
  const answered = rounds.reduce((sum, { timesMs }) => sum + timesMs.length, 0);
  findings.push(
    {
      ...{ case: `${answered} calls`, ...whole, value: Math.max(...held), of: 'MiB at most' },
      ...{ bar: ['most', MOST_MIB] as const, notes: `${atStart.toFixed(0)} MiB after the start` },
    },
    {
      ...{ case: `${answered} calls`, ...whole, value: held.at(-1)! / held[0]! },
      ...{ of: 'of the memory at the first tenth', bar: ['most', 1.1] as const },
    },
  );
  publish({ title: 'Gateway: memory over a long run, ledger on PostgreSQL', findings });
}
