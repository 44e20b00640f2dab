import type { ModelInfo } from '../domain/model.ts';
import type { Attribution, ModelTier } from '../domain/request.ts';

export interface ChoiceFacts {
  readonly attribution: Attribution;
  /** The kind of work, in a cell the skill. */
  readonly taskType: string | null;
  /** As far as they are known before the call. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The level that the caller wished for; undefined for none. */
  readonly tier?: ModelTier;
}

export interface ChoiceOutcome {
  readonly model: ModelInfo;
  readonly attribution: Attribution;
  readonly taskType: string | null;
  readonly ok: boolean;
  readonly latencyMs: number;
  readonly costMicros: number;
}

/** Which of several models that suit alike takes a call. */
export interface Chooser {
  /** Whether it is asked about models of all levels and not only those of the wished one. Default false. */
  readonly acrossLevels?: boolean;
  /** The same models, best first. Called for two and more. */
  order(models: readonly ModelInfo[], facts: ChoiceFacts): readonly ModelInfo[];
  /** Told of every attempt that was sent. */
  observe?(outcome: ChoiceOutcome): void;
}
