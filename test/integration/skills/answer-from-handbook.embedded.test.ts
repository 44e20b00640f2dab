import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createGateway } from '#gateway';
import { createOfflineProvider } from '#gateway/adapters/provider/offline';
import { type Ledger, silentLogger, systemClock } from '#platform';
import type { Passage, SkillModel } from '../../../agents/skills/handler.ts';
import { handlers } from '../../../agents/skills/index.ts';
import { fakeSkillContext, textInput } from '../../support/skills/context.ts';

const skill = handlers.find((one) => one.skill === 'answer-from-handbook')!;

/** The paragraphs of a page of the example client's handbook. */
function passagesOf(file: string): Passage[] {
  const text = readFileSync(new URL(`../../../examples/acme/handbook/${file}`, import.meta.url), 'utf8');
  return text
    .split(/\n\s*\n/)
    .filter((block) => block.trim() !== '' && !block.startsWith('#'))
    .map((block, at) => ({
      id: `${file}-${at}`,
      text: block.trim(),
      headings: [],
      sourceId: file,
      sourceName: file,
      page: null,
      line: null,
      score: 0.5,
    }));
}

it('quotes the handbook with the offline model, word by word, and refuses what stands nowhere', async () => {
  const rows: unknown[] = [];
  const ledger = { recordUsage: async (row: unknown) => void rows.push(row) } as unknown as Ledger;
  const gateway = createGateway({
    providers: [createOfflineProvider()],
    ledger,
    clock: systemClock,
    logger: silentLogger,
  });
  const attribution = { tenant: 'acme', agent: 'a', task: 't', skillVersion: null, channel: null };
  const model: SkillModel = (request) => gateway.complete({ ...request, attribution });
  const passages = passagesOf('02-annual-leave.md').slice(0, 6);
  const known = await skill.run(
    fakeSkillContext({
      inputs: { question: textInput('How many days of annual leave do full-time staff have?') },
      passages,
      model,
    }),
  );
  expect(known.outputs.answered).toBe(true);
  const citations = known.outputs.citations as ReadonlyArray<{ chunk: string; quote: string }>;
  expect(citations.length).toBeGreaterThan(0);
  for (const { chunk, quote } of citations) expect(passages.find(({ id }) => id === chunk)!.text).toContain(quote);
  const unknown = await skill.run(
    fakeSkillContext({ inputs: { question: textInput('Who won the football world cup in Brazil?') }, passages, model }),
  );
  expect(unknown.outputs).toMatchObject({ answered: false, citations: [] });
});
