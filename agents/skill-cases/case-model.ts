import { type Completion, NO_USAGE } from '#gateway';
import { agentError } from '../errors.ts';
import type { Json, SkillModel } from '../skills/handler.ts';

/** A model that says what the case wrote down, call by call. Errors: KAZE_SKILL_CASE when it is asked once more. */
export function scriptedModel(answers: readonly Json[]): SkillModel {
  let calls = 0;
  return async ({ responseSchema }) => {
    const answer = answers[calls];
    calls += 1;
    if (answer === undefined) {
      throw agentError(
        'KAZE_SKILL_CASE',
        `the skill asked a model ${calls} times and the case has ${answers.length} answers`,
      );
    }
    return completionOf(answer, responseSchema !== undefined, calls);
  };
}

function completionOf(answer: Json, isValue: boolean, call: number): Completion {
  const text = typeof answer === 'string' && !isValue ? answer : JSON.stringify(answer);
  return {
    message: { role: 'assistant', content: text },
    text,
    toolCalls: [],
    citations: [],
    value: isValue ? answer : undefined,
    stopReason: 'end',
    usage: { ...NO_USAGE, inputTokens: 1, outputTokens: 1 },
    metadata: {
      id: `case-${call}`,
      provider: 'case',
      model: 'scripted',
      offline: false,
      latencyMs: 0,
      firstTokenMs: null,
      confidence: null,
    },
  };
}
