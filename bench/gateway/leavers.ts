import { Agent, type ClientRequest, request } from 'node:http';
import { quantile } from '../measure.ts';
import { type Finding, publish } from '../report.ts';
import { type Dialect, type Field, type Target, WIRES } from './field.ts';
import { rowsOf } from './ledger-rows.ts';

const TIMES = 20;
/** Whoever is still connected to the model server after this is taken not to leave at all. */
const NEVER_MS = 1_000;
/** So many of them are enough. */
const NEVERS = 3;
const BAR_MS = 50;

/** When the caller leaves: with how many events of its stream read. */
const MOMENTS = [
  ['a whole answer, before it', { stream: false, events: 0 }],
  ['a stream, before its first token', { stream: true, events: 0 }],
  ['a stream, at its first token', { stream: true, events: 1 }],
  ['a stream, after it', { stream: true, events: 3 }],
] as const;

interface Leaving {
  readonly dialect: Dialect;
  readonly moment: (typeof MOMENTS)[number][1];
  /** Of the call. */
  readonly number: number;
}

/** What the model server says about calls, by their numbers. */
class Words {
  private readonly heard = new Set<string>();
  private wake = () => {};

  constructor({ upstream }: Field) {
    upstream.on('message', (word: { leaver?: string }) => {
      if (!word.leaver) return;
      this.heard.add(word.leaver);
      this.wake();
    });
  }

  /** False when it was not said in time. */
  async hear(word: string, forMs: number): Promise<boolean> {
    const end = performance.now() + forMs;
    while (!this.heard.has(word)) {
      const left = end - performance.now();
      if (left <= 0) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return true;
  }
}

function send(target: Target, { dialect, moment: { stream, events }, number }: Leaving) {
  const agent = new Agent({ keepAlive: false });
  const { path, model, headers } = WIRES[dialect];
  const word = events === 0 ? 'held' : 'stalled';
  const messages = [{ role: 'user', content: `leaver ${number}, ${word}` }];
  const body = JSON.stringify({ model, messages, max_tokens: 100, ...(stream ? { stream } : {}) });
  const { port, token } = target;
  const all = { ...headers, ...target.headers?.[dialect], 'content-type': 'application/json' };
  let sent: ClientRequest | undefined;
  const read = new Promise<void>((resolve, reject) => {
    sent = request(
      { host: '127.0.0.1', port, path, method: 'POST', agent, headers: { ...all, authorization: `Bearer ${token}` } },
      (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`${target.name} answered ${answer.statusCode}`));
        let text = '';
        answer.on('data', (chunk: Buffer) => {
          text += chunk.toString('latin1');
          if (text.split('"text_delta"').length + text.split('"delta":{"content"').length - 2 >= events) resolve();
        });
        answer.on('error', () => {});
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
  return { read, leave: () => sent!.destroy() };
}

/** Milliseconds from the caller's leaving to the end of the connection at the model server; infinite for never. */
async function leaves(target: Target, leaving: Leaving, words: Words): Promise<number> {
  const { number, moment } = leaving;
  const { read, leave } = send(target, leaving);
  const gone = read.catch((error: Error) => error);
  if (moment.events > 0) {
    const failure = await gone;
    if (failure) throw failure;
  } else if (!(await words.hear(`${number} came`, 10_000))) throw new Error(`${target.name} passed no call on`);
  const left = performance.now();
  leave();
  const heard = await words.hear(`${number} left`, NEVER_MS);
  return heard ? performance.now() - left : Number.POSITIVE_INFINITY;
}

/** How soon the model server is left when a caller leaves, and what the ledger tells of those calls. */
export async function leavers(field: Field): Promise<void> {
  const { direct: _, kaze, ...others } = field.targets;
  const own = { ...kaze, token: kaze.server!.secrets!.leaver! };
  const words = new Words(field);
  const findings: Finding[] = [];
  let number = 0;
  let calls = 0;
  const cases: ReadonlyArray<readonly [Target, Dialect]> = [
    ...Object.values(others).map((target) => [target, 'openai'] as const),
    ...[[own, 'openai'] as const, [own, 'anthropic'] as const],
  ];
  for (const [target, dialect] of cases) {
    for (const [name, moment] of MOMENTS) {
      const times: number[] = [];
      const never = () => times.filter((ms) => ms === Number.POSITIVE_INFINITY).length;
      while (times.length < TIMES && never() < NEVERS) {
        number += 1;
        times.push(await leaves(target, { dialect, moment, number }, words));
        if (target === own) calls += 1;
      }
      times.sort((a, b) => a - b);
      const shown = { p50Ms: quantile(times, 0.5), p95Ms: quantile(times, 0.95), perSecond: Number.NaN };
      const ours = target === own ? { bar: ['most', BAR_MS] as const } : {};
      const worst = times.at(-1)!;
      const value = Number.isFinite(worst) || target === own ? { value: worst, of: 'ms at worst', ...ours } : {};
      const server = target === own ? `kaze gateway, ${WIRES[dialect].path}` : target.name;
      findings.push({
        ...{ case: `${server}: ${name}`, callers: 1, ...shown, ...value },
        notes: `${times.length - never()} of ${times.length} left within ${NEVER_MS} ms`,
      });
    }
  }
  const rows = await rowsOf(field.ledger.url, 'leaver', calls);
  const cancelled = rows.filter(({ outcome }) => outcome === 'cancelled').length;
  findings.push({
    ...{ case: 'kaze gateway: rows in the ledger', callers: 1, p50Ms: Number.NaN, p95Ms: Number.NaN },
    ...{ perSecond: Number.NaN, value: Math.abs(rows.length - calls) + rows.length - cancelled },
    ...{ of: 'missing, too many or not cancelled', bar: ['most', 0] as const },
    notes: `${calls} calls left, ${rows.length} rows, ${cancelled} of them cancelled`,
  });
  publish({ title: 'Gateway: the caller leaves; times are until the model server is left', findings });
}
