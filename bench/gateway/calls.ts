/** What a call costs: throughput, processor time, latency, first token; each beside direct, a bare proxy and Portkey. */
import { quantile } from '../measure.ts';
import { type Finding, publish } from '../report.ts';
import { allTimes, interleave, median, type Round, roundP50, roundPerSecond, type Work } from '../rounds.ts';
import { CONNECTIONS, cpuNote, cpuPerCall, type Field, type GatewayRound, ROUNDS, type Target } from './field.ts';

const firsts = (rounds: readonly Round[]) =>
  (rounds as readonly GatewayRound[]).flatMap(({ firstTimesMs }) => [...firstTimesMs]).sort((a, b) => a - b);
/** The median over rounds of what one case took more than the other in the same round. */
const added = (ours: readonly Round[], theirs: readonly Round[], of: (round: GatewayRound) => number) =>
  median(ours.map((round, index) => of(round as GatewayRound) - of(theirs[index] as GatewayRound)));
const shareOf = (ours: readonly Round[], direct: readonly Round[]) =>
  median(ours.map((round, index) => roundPerSecond(round) / roundPerSecond(direct[index]!)));

export async function throughput({ targets, cases }: Field): Promise<void> {
  const plain = await interleave(cases(), { rounds: ROUNDS, callers: CONNECTIONS });
  const findings = Object.entries(targets).map(([key, { name }]): Finding => {
    const rounds = plain[key]!;
    const shown = { case: name, callers: CONNECTIONS, ...allTimes(rounds), notes: cpuNote(rounds) };
    if (key === 'direct') return shown;
    const bar = key === 'kaze' ? { bar: ['least', 0.15] as const } : {};
    return { ...shown, value: shareOf(rounds, plain.direct!), of: 'of direct', ...bar };
  });
  findings.push({
    ...{ case: 'kaze gateway, processor', callers: CONNECTIONS, ...allTimes(plain.kaze!) },
    ...{ value: cpuPerCall(plain.kaze!), of: 'CPU ms a call', bar: ['most', 0.5] as const },
  });
  publish({ title: 'Gateway: throughput of plain calls, ledger on PostgreSQL, budgets in process', findings });
}

/** Anthropic's interface, whole and streamed, with OpenAI's in the same rounds. */
export async function anthropicPath(field: Field): Promise<void> {
  const { targets, work } = field;
  const cases: Record<string, Work> = {};
  const names: Record<string, string> = {};
  for (const [key, target] of Object.entries(targets)) {
    for (const dialect of ['openai', 'anthropic'] as const) {
      if (dialect === 'openai' && key !== 'direct' && key !== 'kaze') continue;
      if (!(await answers(target, field))) continue;
      cases[`${key} ${dialect}`] = work(target, { dialect });
      names[`${key} ${dialect}`] = `${target.name}, ${dialect === 'openai' ? '/v1/chat/completions' : '/v1/messages'}`;
    }
  }
  const seen = await interleave(cases, { rounds: ROUNDS, callers: CONNECTIONS });
  const findings = Object.entries(seen).map(([key, rounds]): Finding => {
    const shown = { case: names[key]!, callers: CONNECTIONS, ...allTimes(rounds), notes: cpuNote(rounds) };
    const [server, dialect] = key.split(' ');
    if (server === 'direct') return shown;
    const bar = key === 'kaze anthropic' ? { bar: ['least', 0.15] as const } : {};
    return { ...shown, value: shareOf(rounds, seen[`direct ${dialect}`]!), of: 'of direct, same path', ...bar };
  });
  const rounds = seen['kaze anthropic']!;
  findings.push({
    ...{ case: 'kaze gateway, /v1/messages, processor', callers: CONNECTIONS, ...allTimes(rounds) },
    ...{ value: cpuPerCall(rounds), of: 'CPU ms a call', bar: ['most', 0.5] as const },
    notes: `${(cpuPerCall(rounds) / cpuPerCall(seen['kaze openai']!)).toFixed(2)} of the OpenAI path in the same rounds`,
  });
  publish({ title: 'Gateway: plain calls to /v1/messages, beside /v1/chat/completions', findings });
}

/** Whether it speaks Anthropic's interface at all. */
async function answers(target: Target, { work }: Field): Promise<boolean> {
  return work(target, { dialect: 'anthropic', requests: 1 })(1).then(
    () => true,
    () => false,
  );
}

export async function addedLatency({ targets, cases }: Field): Promise<void> {
  const single = await interleave(cases(), { rounds: ROUNDS, callers: 1 });
  const findings = Object.entries(targets).map(([key, { name }]): Finding => {
    const rounds = single[key]!;
    const shown = { case: name, callers: 1, ...allTimes(rounds), notes: cpuNote(rounds) };
    if (key === 'direct') return shown;
    const bar = key === 'kaze' ? { bar: ['most', 1] as const } : {};
    return { ...shown, value: added(rounds, single.direct!, roundP50), of: 'ms added p50', ...bar };
  });
  publish({ title: 'Gateway: latency added to a plain call', findings });
}

export async function firstToken({ targets, cases }: Field): Promise<void> {
  const paced = await interleave(cases({ kind: 'paced' }), { rounds: ROUNDS, callers: CONNECTIONS });
  const findings = Object.entries(targets).flatMap(([key, { name }]): Finding[] => {
    const rounds = paced[key]!;
    const times = firsts(rounds);
    const { perSecond } = allTimes(rounds);
    const [p50Ms, p95Ms] = [quantile(times, 0.5), quantile(times, 0.95)];
    const shown = { case: name, callers: CONNECTIONS, p50Ms, p95Ms, perSecond };
    if (key === 'direct') return [shown];
    const more = (q: number) => added(rounds, paced.direct!, ({ firstTimesMs }) => quantile(firstTimesMs, q));
    const bar = (limit: number) => (key === 'kaze' ? { bar: ['most', limit] as const } : {});
    return [
      { ...shown, value: more(0.5), of: 'ms added p50', ...bar(2), notes: cpuNote(rounds) },
      { ...shown, value: more(0.95), of: 'ms added p95', ...bar(5) },
    ];
  });
  publish({
    title: 'Gateway: first token of a stream (20 ms after the request, then one every 5 ms); times are until it',
    findings,
  });
}
