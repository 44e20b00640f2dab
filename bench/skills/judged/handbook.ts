import { readFile } from 'node:fs/promises';
import { createGateway } from '#gateway';
import { createOfflineProvider } from '#gateway/adapters/provider/offline';
import { systemClock as clock, silentLogger as logger } from '#platform';
import { skillKnowledge } from '../../../agents/runtime/knowledge.ts';
import { answerFromHandbook } from '../../../agents/skills/answer-from-handbook/index.ts';
import { fakeSkillContext, textInput } from '../../../test/support/skills/context.ts';
import { openRetrievalCell, type RetrievalCell } from '../../retrieval/cell.ts';
import { loadHandbook } from '../../retrieval/handbook.ts';
import { type Judge, type Judged, type Part, share } from './parts.ts';

const SKILL = 'answer-from-handbook';
const QUESTIONS = new URL('../../../test/fixtures/judged/handbook/questions.json', import.meta.url);

interface Asked {
  readonly id: string;
  readonly part: Part;
  readonly kind: 'plain' | 'paraphrase' | 'near-miss' | 'absent';
  readonly question: string;
  readonly file?: string;
  readonly answers?: readonly string[];
}

type Ended = 'right' | 'wrong' | 'refused';

export const judgeHandbook: Judge = {
  skill: SKILL,
  async judge(part, tell) {
    const read = JSON.parse(await readFile(QUESTIONS, 'utf8')) as Record<'answerable' | 'unanswerable', Asked[]>;
    const questions = [...read.answerable, ...read.unanswerable].filter((one) => one.part === part);
    const cell = await openRetrievalCell({ passages: [], entities: false, load: loadHandbook });
    try {
      const ended = new Map<Asked['kind'], Ended[]>();
      const ask = asker(cell);
      for (const asked of questions) {
        const { how, said } = await ask(asked);
        const expected: Ended = asked.answers ? 'right' : 'refused';
        if (how !== expected) tell(`${SKILL}, ${part}, ${asked.kind} ${asked.id} ${how}: ${asked.question} -> ${said}`);
        ended.set(asked.kind, [...(ended.get(asked.kind) ?? []), how]);
      }
      return figures(ended, part);
    } finally {
      await cell.close();
    }
  },
};

function asker({ store, search, principal, embedder }: RetrievalCell) {
  const gateway = createGateway({
    providers: [createOfflineProvider()],
    ledger: { recordUsage: async () => {} },
    clock,
    logger,
  });
  const agent = { id: principal.id, name: 'bench', knowledge: [] };
  const definition = { knowledgeDependencies: [] };
  const run = { signal: new AbortController().signal, used: () => {} };
  const knowledge = skillKnowledge({ store, search, tenant: 'bench', agent, definition, run } as unknown as Parameters<
    typeof skillKnowledge
  >[0]);
  const attribution = { tenant: 'bench', agent: 'bench', task: null, skillVersion: null, channel: null };
  return async ({ question, answers = [], file }: Asked): Promise<{ how: Ended; said: string }> => {
    const fake = fakeSkillContext({
      inputs: { question: textInput(question) },
      model: (request) => gateway.complete({ ...request, attribution }),
      embed: (texts) => embedder.embed(texts),
    });
    const { outputs } = await answerFromHandbook.run({ ...fake, knowledge });
    const said = String(outputs.answer);
    if (outputs.answered !== true) return { how: 'refused', said };
    const cited = (outputs.citations as ReadonlyArray<{ source_name: string }>).some(
      ({ source_name }) => file !== undefined && source_name.includes(file),
    );
    const holds = answers.some((accepted) => letters(said).includes(letters(accepted)));
    return { how: cited && holds ? 'right' : 'wrong', said };
  };
}

function figures(ended: ReadonlyMap<Asked['kind'], readonly Ended[]>, part: Part): Judged[] {
  const rate = (kinds: readonly Asked['kind'][], how: Ended) => {
    const all = kinds.flatMap((kind) => ended.get(kind) ?? []);
    return { of: all.length, value: all.filter((one) => one === how).length / all.length };
  };
  const [plain, paraphrase] = [rate(['plain'], 'right'), rate(['paraphrase'], 'right')];
  const refused = rate(['near-miss', 'absent'], 'refused');
  const [falsely, falselyOther] = [rate(['plain'], 'refused'), rate(['paraphrase'], 'refused')];
  const judged = (what: string, bar: string, value: number, met: boolean | null): Judged => ({
    skill: SKILL,
    what,
    bar,
    part,
    value: share(value),
    met,
  });
  return [
    judged(`answered (${plain.of})`, 'at least .8', plain.value, plain.value >= 0.8),
    judged(`answered, paraphrases (${paraphrase.of})`, 'reported', paraphrase.value, null),
    judged(`"not in the handbook" (${refused.of})`, 'at least .9', refused.value, refused.value >= 0.9),
    judged('of them near misses', 'reported', rate(['near-miss'], 'refused').value, null),
    judged('false refusals', 'at most .1', falsely.value, falsely.value <= 0.1),
    judged('false refusals, paraphrases', 'reported', falselyOther.value, null),
  ];
}

/** Words alone, between spaces. */
function letters(text: string): string {
  return ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
}
