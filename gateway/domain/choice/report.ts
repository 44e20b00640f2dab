import type { JudgedUse, OutcomeRow, UsageSum } from '#platform';
import { type Interval, wilsonInterval } from './interval.ts';

/** One model on one type of task. */
export interface ModelReport {
  /** `provider/model`. */
  readonly model: string;
  /** Attempts that it was chosen for, judged or not. */
  readonly choices: number;
  readonly costMicros: number;
  /** Tasks judged; not whole where tasks were shared with other models. */
  readonly judged: number;
  /** Mean score from 0 to 1; null where nothing was judged. */
  readonly quality: number | null;
  /** Where the true mean lies with 95% confidence. */
  readonly interval: Interval;
  /** Of one judged task; null where nothing was judged. */
  readonly taskCostMicros: number | null;
  readonly verdicts: Readonly<Record<OutcomeRow['verdict'], number>>;
}

/** What was lost, by estimate, over having one model do every judged task. Below 0: what was won. */
export interface Regret {
  /** The best: whose interval begins highest; the cheapest: of a judged task. */
  readonly against: 'best' | 'cheapest';
  readonly model: string;
  /** Score a task. */
  readonly quality: number;
  /** Of all judged tasks together. */
  readonly costMicros: number;
}

export interface ChoiceReport {
  readonly taskType: string;
  readonly choices: number;
  readonly costMicros: number;
  readonly judged: number;
  readonly quality: number | null;
  readonly interval: Interval;
  /** Most chosen first. */
  readonly models: readonly ModelReport[];
  /** Empty where nothing was judged. */
  readonly regrets: readonly Regret[];
}

/**
 * One report a type of task, ordered by type.
 *
 * @param sums of usage by taskType, provider and model
 */
export function choiceReports(sums: readonly UsageSum[], uses: readonly JudgedUse[]): readonly ChoiceReport[] {
  const judged = new Map(uses.map((use) => [`${use.taskType}\n${use.provider}/${use.model}`, use]));
  const types = new Map<string, ModelReport[]>();
  for (const { group, calls, costMicros } of sums) {
    const { taskType } = group;
    if (typeof taskType !== 'string') continue;
    const model = `${group.provider}/${group.model}`;
    const report = modelReport({ model, choices: calls, costMicros }, judged.get(`${taskType}\n${model}`));
    types.set(taskType, [...(types.get(taskType) ?? []), report]);
  }
  const names = [...types.keys()].sort();
  return names.map((taskType) => typeReport(taskType, types.get(taskType)!, uses));
}

const NONE = { approved: 0, edited: 0, rejected: 0, passed: 0, failed: 0 };

function modelReport(
  chosen: Pick<ModelReport, 'model' | 'choices' | 'costMicros'>,
  use: JudgedUse | undefined,
): ModelReport {
  const { tasks = 0, score = 0, verdicts = NONE } = use ?? {};
  return {
    ...chosen,
    judged: tasks,
    quality: use ? score / tasks : null,
    interval: wilsonInterval(score, tasks),
    taskCostMicros: use ? use.costMicros / tasks : null,
    verdicts,
  };
}

function typeReport(taskType: string, models: readonly ModelReport[], all: readonly JudgedUse[]): ChoiceReport {
  const uses = all.filter((use) => use.taskType === taskType);
  const total = (field: 'tasks' | 'score' | 'costMicros') => uses.reduce((sum, use) => sum + use[field], 0);
  const [judged, score] = [total('tasks'), total('score')];
  return {
    taskType,
    choices: models.reduce((sum, { choices }) => sum + choices, 0),
    costMicros: models.reduce((sum, { costMicros }) => sum + costMicros, 0),
    judged,
    quality: judged > 0 ? score / judged : null,
    interval: wilsonInterval(score, judged),
    models: [...models].sort((a, b) => b.choices - a.choices || (a.model < b.model ? -1 : 1)),
    regrets: regrets(models, { judged, quality: score / judged, costMicros: total('costMicros') }),
  };
}

function regrets(
  models: readonly ModelReport[],
  done: { readonly judged: number; readonly quality: number; readonly costMicros: number },
): readonly Regret[] {
  const known = models.filter(({ judged }) => judged > 0);
  if (known.length === 0) return [];
  const best = known.reduce((a, b) => (b.interval.low > a.interval.low ? b : a));
  const cheapest = known.reduce((a, b) => (b.taskCostMicros! < a.taskCostMicros! ? b : a));
  const over = (against: Regret['against'], { model, quality, taskCostMicros }: ModelReport): Regret => ({
    ...{ against, model, quality: quality! - done.quality },
    costMicros: Math.round(done.costMicros - done.judged * taskCostMicros!),
  });
  return [over('best', best), over('cheapest', cheapest)];
}
