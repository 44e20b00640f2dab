import { type Clock, holdsSecret, isKazeError, type Logger, newId, type UsageRow } from '#platform';
import type { Attribution } from '../domain/request.ts';
import type { VirtualKey } from '../domain/virtual-key.ts';
import { attributionOf } from './authenticate.ts';
import type { Exchange } from './exchange.ts';
import type { Fields } from './fields.ts';

/** Where usage rows go: the journal, which bounds how many it keeps a minute for a caller and a cause. */
export interface RefusalRows {
  end(row: UsageRow): Promise<void>;
}

export interface RefusedCallsOptions {
  readonly rows: RefusalRows | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly count: (route: string, errorCode: string) => void;
}

/** A call of a known caller, as long as nobody else accounts for it. */
export interface WatchedCall {
  readonly exchange: Exchange;
  readonly key: VirtualKey;
  readonly onAdmitted: () => void;
  heard(body: Fields): void;
  /** Leaves its row, unless the gateway has admitted the call and leaves its rows itself. */
  failed(error: unknown): void;
}

/** In the place of who or what nobody knows; no name of a tenant, agent, provider or model is like it. */
export const UNKNOWN = '(unknown)';
const MODEL = /^[A-Za-z0-9][\w.:@/*+-]{0,99}$/;
/** So much without a break is a key rather than a name, whoever's. */
const UNBROKEN = /[A-Za-z0-9_]{32}/;
const STRANGERS: ReadonlySet<string> = new Set(['KAZE_GATEWAY_KEY_MISSING', 'KAZE_GATEWAY_KEY_REFUSED']);
const WINDOW_MS = 60_000;

/**
 * Usage rows of calls that end before the gateway has a model for them: a body that is none, a field or a header that
 * is wrong, a model that nobody has, a guardrail that refuses. Nothing of what a body holds stands in them but the name
 * of the model. Callers without a valid key leave one row a minute and cause, all of them together.
 */
export class RefusedCalls {
  /** By cause: the minute whose row is written. */
  private readonly strangers = new Map<string, number>();

  constructor(private readonly options: RefusedCallsOptions) {}

  call(exchange: Exchange, key: VirtualKey): WatchedCall {
    const startedAt = this.options.clock.now();
    let admitted = false;
    let model = UNKNOWN;
    return {
      exchange,
      key,
      onAdmitted: () => {
        admitted = true;
      },
      heard: (body) => {
        model = modelIn(body);
      },
      failed: (error) => {
        if (admitted) return;
        // Who leaves while its body waits or comes was not turned away.
        const gone = exchange.signal.aborted;
        const code = gone ? 'KAZE_MODEL_CANCELLED' : codeOf(error);
        if (!gone) this.options.count(exchange.path, code);
        this.write({
          ...{ ...attributed(key, exchange), virtualKeyId: key.id, model, errorCode: code },
          ...{
            at: startedAt,
            latencyMs: this.options.clock.now() - startedAt,
            outcome: gone ? 'cancelled' : 'refused',
          },
        });
      },
    };
  }

  /** Whoever asks as often as it likes without a key that counts must not fill the ledger. */
  stranger(route: string, error: unknown): void {
    const code = codeOf(error);
    if (!STRANGERS.has(code)) return;
    this.options.count(route, code);
    const at = this.options.clock.now();
    const minute = Math.floor(at / WINDOW_MS);
    if (this.strangers.get(code) === minute) return;
    this.strangers.set(code, minute);
    this.write({
      ...{ tenant: UNKNOWN, agent: UNKNOWN, task: null, skillVersion: null, channel: 'gateway', virtualKeyId: null },
      ...{ model: UNKNOWN, errorCode: code, at, latencyMs: 0, outcome: 'refused' },
    });
  }

  private write(
    facts: Attribution & Pick<UsageRow, 'at' | 'virtualKeyId' | 'model' | 'errorCode' | 'latencyMs' | 'outcome'>,
  ): void {
    const row: UsageRow = {
      ...{ id: newId(), ...facts, provider: UNKNOWN, keyId: null },
      ...{ inputTokens: 0, outputTokens: 0, cachedTokens: 0, costMicros: 0, firstTokenMs: null },
    };
    this.options.rows?.end(row).catch((error: unknown) => {
      // It is refused all the same, for its own reason.
      this.options.logger.warn({ code: codeOf(error) }, 'gateway: the row of a refused call cannot be kept');
    });
  }
}

function codeOf(error: unknown): string {
  return isKazeError(error) ? error.code : 'KAZE_GATEWAY_INTERNAL';
}

/** As asked for, where it can be the name of a model; anything may stand in that place, a key too. */
function modelIn({ model }: Fields): string {
  if (typeof model !== 'string' || !MODEL.test(model)) return UNKNOWN;
  return UNBROKEN.test(model) || holdsSecret(model) ? UNKNOWN : model;
}

function attributed(key: VirtualKey, { request }: Exchange): Attribution {
  try {
    return attributionOf(key, request.headers);
  } catch {
    const { tenant, agent, name } = key;
    return { tenant, agent: agent ?? name, task: null, skillVersion: null, channel: 'gateway' };
  }
}
