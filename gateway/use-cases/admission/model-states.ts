import { Breaker } from '../../domain/flow/breaker.ts';
import { PeakEwma } from '../../domain/flow/peak-ewma.ts';
import type { GatewayPolicy } from '../../domain/flow/policy.ts';
import { RecentLatencies } from '../../domain/flow/recent-latencies.ts';
import { fullName, type ModelInfo } from '../../domain/model.ts';

interface ModelState {
  readonly breaker: Breaker | undefined;
  readonly latency: PeakEwma;
  /** Of calls that were answered. */
  readonly recent: RecentLatencies;
  /** Of streams that were answered, until their first piece. */
  readonly firstTokens: RecentLatencies;
}

const MAX_MODELS = 10_000;

/** What this process has seen of each model: whether its circuit is open, and how fast it answers. */
export class ModelStates {
  private readonly states = new Map<string, ModelState>();

  constructor(private readonly breaker: GatewayPolicy['breaker']) {}

  of(model: ModelInfo): ModelState {
    const name = fullName(model);
    const known = this.states.get(name);
    if (known) return known;
    const state = {
      breaker: this.breaker ? new Breaker(this.breaker) : undefined,
      latency: new PeakEwma(),
      recent: new RecentLatencies(),
      firstTokens: new RecentLatencies(),
    };
    this.states.set(name, state);
    if (this.states.size > MAX_MODELS) this.states.delete(this.states.keys().next().value!);
    return state;
  }

  /** Names of models whose circuit is open, for health checks. */
  openCircuits(): readonly string[] {
    return [...this.states].flatMap(([name, { breaker }]) => (breaker?.state === 'open' ? [name] : []));
  }
}
