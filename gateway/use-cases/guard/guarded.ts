import { signalOf } from '../../domain/ending.ts';
import { flowError } from '../../domain/flow/errors.ts';
import type { CompleteRequest } from '../../domain/request.ts';
import type { Completion, Delta } from '../../domain/response.ts';
import { modelError } from '../../errors.ts';
import type { CallOptions, Gateway } from '../../gateway.ts';
import type { GuardedCall, Guardrail, Refusal } from '../../ports/guardrail.ts';
import { deltasOf } from '../answer.ts';
import { TimeLimit } from '../time-limit.ts';

/** For all guardrails before a call together, and for all after it. */
const PATIENCE_MS = 10_000;

/**
 * The gateway with guardrails around it, in their order before a call and in the reverse order after it. Without any it
 * is the gateway itself. With some no vendor's bytes pass through as they are.
 *
 * Errors: KAZE_GATEWAY_GUARDRAIL_REFUSED, KAZE_GATEWAY_GUARDRAIL_FAILED, and those of the gateway.
 */
export function guarded(
  gateway: Gateway,
  guardrails: readonly Guardrail[],
  { patienceMs = PATIENCE_MS }: { readonly patienceMs?: number } = {},
): Gateway {
  if (guardrails.length === 0) return gateway;
  const rails = new Guardrails(guardrails, patienceMs);
  return {
    async complete(request, options) {
      const call = { request, streamed: false };
      const asked = await rails.before(call, options);
      return rails.after(await gateway.complete(asked, options), call, options);
    },
    async *stream(request, options) {
      const call = { request, streamed: true };
      const asked = await rails.before(call, options);
      yield* rails.stream(gateway.stream(asked, options), call, options);
    },
    relay: async () => false,
    async embed(request, options) {
      return gateway.embed(await rails.beforeEmbed(request, options), options);
    },
    async countTokens(request, options) {
      // Counting shows the words to a vendor too.
      return gateway.countTokens(await rails.before({ request, streamed: false }, options), options);
    },
    models: (caller) => gateway.models(caller),
    status: () => gateway.status(),
    close: () => gateway.close(),
  };
}

type Call = Omit<GuardedCall, 'signal'>;

class Guardrails {
  private readonly reversed: readonly Guardrail[];
  private readonly holds: boolean;
  private readonly watches: readonly Guardrail[];

  constructor(
    private readonly guardrails: readonly Guardrail[],
    private readonly patienceMs: number,
  ) {
    this.reversed = [...guardrails].reverse();
    this.holds = guardrails.some(({ after }) => after);
    this.watches = guardrails.filter(({ watch }) => watch);
  }

  before(call: Call, options: CallOptions | undefined): Promise<CompleteRequest> {
    return this.within(options, async (signal, at) => {
      let { request } = call;
      for (const rail of this.guardrails) {
        const { before } = rail;
        if (before) request = await asked(at(rail), request, () => before.call(rail, request, { ...call, signal }));
      }
      return request;
    });
  }

  beforeEmbed(request: Parameters<Gateway['embed']>[0], options: CallOptions | undefined) {
    return this.within(options, async (_signal, at) => {
      let sent = request;
      for (const rail of this.guardrails) {
        const { beforeEmbed } = rail;
        if (beforeEmbed) sent = await asked(at(rail), sent, () => beforeEmbed.call(rail, sent));
      }
      return sent;
    });
  }

  after(answer: Completion, call: Call, options: CallOptions | undefined): Promise<Completion> {
    return this.within(options, async (signal, at) => {
      let given = answer;
      for (const rail of this.reversed) {
        const { after } = rail;
        if (after) given = await asked(at(rail), given, () => after.call(rail, given, { ...call, signal }));
      }
      return given;
    });
  }

  async *stream(
    deltas: AsyncIterable<Delta>,
    call: Call,
    options: CallOptions | undefined,
  ): AsyncGenerator<Delta, void, undefined> {
    const held: Delta[] = [];
    const signal = options?.signal ? signalOf(options.signal) : new AbortController().signal;
    let text = '';
    for await (const delta of deltas) {
      if (delta.type === 'text' && this.watches.length > 0) {
        text += delta.text;
        for (const rail of this.watches) await asked(rail, text, () => rail.watch?.(text, { ...call, signal }));
      }
      if (!this.holds) yield delta;
      else if (delta.type !== 'finish') held.push(delta);
      else {
        const { completion } = delta;
        const given = await this.after(completion, call, options);
        if (given !== completion) yield* deltasOf(given);
        else {
          yield* held;
          yield delta;
        }
      }
    }
  }

  private async within<T>(
    options: CallOptions | undefined,
    work: (signal: AbortSignal, at: (rail: Guardrail) => Guardrail) => Promise<T>,
  ): Promise<T> {
    const limit = new TimeLimit(this.patienceMs, options?.signal);
    let last = '';
    const at = (rail: Guardrail) => {
      last = rail.name;
      return rail;
    };
    try {
      return await limit.race(work(limit.signal, at));
    } catch (error) {
      const { cancelled, timedOut } = limit.ended();
      if (timedOut) throw failed(last, `said nothing within ${this.patienceMs} ms`);
      throw cancelled
        ? modelError('KAZE_MODEL_CANCELLED', 'the call was cancelled before a guardrail had seen it')
        : error;
    } finally {
      limit.clear();
    }
  }
}

/** What a guardrail says, `is` where it says nothing. */
async function asked<T extends object | string>(
  { name }: Guardrail,
  is: T,
  ask: () => T | Refusal | undefined | Promise<T | Refusal | undefined>,
): Promise<T> {
  let said: T | Refusal | undefined;
  try {
    said = await ask();
  } catch (error) {
    const kind = error instanceof Error ? error.constructor.name : '';
    // Not its words: they may quote what it looked at.
    throw failed(name, `threw ${/^\w{1,40}$/.test(kind) ? kind : 'an error'}`);
  }
  if (typeof said === 'object' && 'refuse' in said) {
    const message = `the guardrail ${name} refuses the call: ${String(said.refuse).slice(0, 500)}`;
    throw flowError('KAZE_GATEWAY_GUARDRAIL_REFUSED', message, { fields: { guardrail: name } });
  }
  return said ?? is;
}

function failed(name: string, what: string): Error {
  const message = `the guardrail ${name} ${what}; nothing goes past one that could not look`;
  return flowError('KAZE_GATEWAY_GUARDRAIL_FAILED', message, { fields: { guardrail: name } });
}
