import type { Clock, Ledger, Logger } from '#platform';
import { isKazeError, type KazeError, newId } from '#platform';
import type { ModelInfo } from '../domain/model.ts';
import type { Attribution } from '../domain/request.ts';
import { NO_USAGE, type StopReason, type Usage } from '../domain/response.ts';
import { modelError } from '../errors.ts';
import type { GatewayMetrics } from '../ports/metrics.ts';
import { endSpan, type Operation, startSpan } from '../telemetry.ts';

export interface AccountOptions {
  readonly ledger: Pick<Ledger, 'recordUsage'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: GatewayMetrics;
}

/** One call from its start to its one usage row, its one span and its one measurement, however it ends. */
export class Account {
  readonly id = newId();
  private readonly startedAt: number;
  private readonly span;
  private firstTokenAt: number | undefined;
  private closed = false;

  constructor(
    private readonly options: AccountOptions,
    private readonly call: { operation: Operation; model: ModelInfo; attribution: Attribution; keyId: string | null },
  ) {
    this.startedAt = options.clock.now();
    this.span = startSpan(call.operation, call.model, call.attribution);
  }

  firstToken(): void {
    this.firstTokenAt ??= this.options.clock.now();
  }

  /** Throws KAZE_MODEL_LEDGER_UNAVAILABLE when the row could not be kept: an answer without a row is not given out. */
  async succeed(usage: Usage, stopReason?: StopReason): Promise<{ latencyMs: number; firstTokenMs: number | null }> {
    const times = this.times();
    try {
      await this.close('ok', usage, null, stopReason);
    } catch (cause) {
      throw modelError('KAZE_MODEL_LEDGER_UNAVAILABLE', `the usage of call ${this.id} could not be recorded`, {
        fields: { call: this.id },
        cause,
      });
    }
    return times;
  }

  /** Gives back the error to throw: ours, with its cause. A row that cannot be kept is logged, the first error stays. */
  async fail(
    error: unknown,
    signals: { cancelled: boolean; timedOut: boolean },
    usage: Usage = NO_USAGE,
  ): Promise<KazeError> {
    const coded = this.coded(error, signals);
    const outcome = coded.code === 'KAZE_MODEL_CANCELLED' ? 'cancelled' : 'error';
    await this.close(outcome, usage, coded.code).catch((cause: unknown) => {
      this.options.logger.error({ call: this.id, error: String(cause) }, 'gateway: a usage row could not be recorded');
    });
    return coded;
  }

  private coded(error: unknown, signals: { cancelled: boolean; timedOut: boolean }): KazeError {
    const { model } = this.call;
    const fields = { provider: model.provider, model: model.name, call: this.id };
    if (signals.cancelled) {
      return modelError('KAZE_MODEL_CANCELLED', `the call to ${model.name} was cancelled`, { fields, cause: error });
    }
    if (signals.timedOut) {
      return modelError('KAZE_MODEL_TIMEOUT', `${model.name} did not answer within the time of the call`, { fields });
    }
    if (isKazeError(error)) return error;
    return modelError('KAZE_MODEL_PROVIDER_FAILED', `the provider ${model.provider} failed`, { fields, cause: error });
  }

  private async close(
    outcome: 'ok' | 'error' | 'cancelled',
    usage: Usage,
    errorCode: string | null,
    stopReason?: StopReason,
  ): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const { operation, model, attribution, keyId } = this.call;
    const { latencyMs, firstTokenMs } = this.times();
    const { inputTokens, outputTokens, cachedTokens, cacheWriteTokens, reasoningTokens } = usage;
    const measured = { outcome, errorCode, latencyMs, firstTokenMs, inputTokens, outputTokens };
    endSpan(this.span, { usage, stopReason, errorCode });
    this.options.metrics?.call({ operation, provider: model.provider, model: model.name, ...measured });
    await this.options.ledger.recordUsage([
      {
        id: this.id,
        at: this.startedAt,
        tenant: attribution.tenant,
        agent: attribution.agent,
        task: attribution.task,
        skillVersion: attribution.skillVersion,
        channel: attribution.channel,
        provider: model.provider,
        model: model.name,
        keyId,
        cachedTokens,
        cacheWriteTokens,
        reasoningTokens,
        costMicros: 0,
        ...measured,
      },
    ]);
  }

  private times(): { latencyMs: number; firstTokenMs: number | null } {
    const latencyMs = Math.max(0, this.options.clock.now() - this.startedAt);
    const firstTokenMs = this.firstTokenAt === undefined ? null : this.firstTokenAt - this.startedAt;
    return { latencyMs, firstTokenMs };
  }
}
