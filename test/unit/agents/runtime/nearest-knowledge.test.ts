import { expect, it } from 'vitest';
import type { GraphStore } from '#graph-schema';
import { type KnowledgeOptions, skillKnowledge } from '../../../../agents/runtime/knowledge.ts';
import { MOST_KNOWLEDGE, runPromptSkill } from '../../../../agents/runtime/prompt-skill.ts';
import { completion, fakeSkillContext, textInput } from '../../../support/skills/context.ts';

const shared = Array.from({ length: 60 }, (_, at) => ({
  id: `s${at}`,
  scope: 'vertical:seo',
  path: `seo/topic/item-${String(at).padStart(2, '0')}`,
  title: `Item ${at}`,
  text: 'x',
}));
const own = ['context', 'voice'].map((name) => ({
  id: name,
  scope: 'tenant:acme',
  path: `client/acme/${name}`,
  title: name,
  text: 'y',
}));
const others = [
  { id: 'other', scope: 'tenant:other', path: 'client/other/context', title: 'o', text: 'z' },
  { id: 'elsewhere', scope: 'vertical:crm', path: 'crm/topic/item', title: 'e', text: 'z' },
];

/** Found by the index, best first; what is not allowed is found as well. */
function knowledge(found: readonly string[]) {
  const used: string[] = [];
  const asked: unknown[] = [];
  const options = {
    store: { list: async () => [...shared, ...own, ...others] } as unknown as GraphStore,
    search: {
      search: async (_principal: unknown, query: unknown) => {
        asked.push(query);
        return found.map((id) => ({ id, label: 'Knowledge', score: 1 }));
      },
    },
    tenant: 'acme',
    agent: { id: 'a', name: 'a', knowledge: ['client/acme/*', 'client/other/*'] },
    definition: { knowledgeDependencies: [{ path: 'seo/topic' }] },
    run: { signal: new AbortController().signal, used: (_kind: string, ids: readonly string[]) => used.push(...ids) },
  } as unknown as KnowledgeOptions;
  return { knowledge: skillKnowledge(options), used, asked };
}

it('gives the client’s own knowledge first, then what the index finds nearest, and no more than was asked for', async () => {
  const { knowledge: read, used, asked } = knowledge(['other', 's44', 'voice', 'elsewhere', 's7']);
  const items = await read.nearest('What do searchers want?', { limit: 5 });
  expect(items.map(({ id }) => id)).toEqual(['voice', 'context', 's44', 's7', 's0']);
  expect(used).toEqual(items.map(({ id }) => id));
  expect(asked).toMatchObject([
    { types: ['Knowledge'], scopes: expect.arrayContaining(['tenant:acme', 'vertical:seo']) },
  ]);
  expect((asked[0] as { scopes: string[] }).scopes).not.toContain('tenant:other');
});

it('asks the index for nothing where all fits', async () => {
  const { knowledge: read, asked } = knowledge([]);
  expect(await read.nearest('What?', { limit: 100 })).toHaveLength(shared.length + own.length);
  expect(asked).toEqual([]);
});

it('hands a model at most thirty items, chosen by what the task is about', async () => {
  const context = fakeSkillContext({
    inputs: { page: textInput('A page about tarts') },
    items: shared,
    model: async () => completion({ value: { answer: 'x' } }),
    definition: { name: 'worded', description: 'Improves a page' },
  });
  await runPromptSkill(context);
  expect(MOST_KNOWLEDGE).toBe(30);
  expect(context.asked).toEqual(['Improves a page\nInput page:\nA page about tarts']);
  const [, { content }] = context.requests[0]!.messages as unknown as [unknown, { content: Array<{ type: string }> }];
  expect(content.filter(({ type }) => type === 'document')).toHaveLength(30);
});
