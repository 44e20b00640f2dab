import { expect, it } from 'vitest';
import {
  casesFile,
  handlers,
  loadDefinitions,
  runSkillCases,
  SkillHandlers,
  skillsWithCases,
  validators,
} from '#agents';
import { createOfflineModel } from '../../../../deploy/cell/offline-model.ts';

const folder = new URL('../../../../agents/verticals', import.meta.url).pathname;
const known = new SkillHandlers(handlers, validators);
const loaded = await loadDefinitions(folder);
const withCases = await skillsWithCases({ folder, loaded });
const model = await createOfflineModel();

it('stand beside every skill that something can run', () => {
  const runnable = loaded.skills.filter(({ name, prompt }) => known.handler(name) || prompt !== undefined);
  const without = runnable.filter(({ name }) => !withCases.includes(name));
  expect(without.map((skill) => casesFile(skill))).toEqual([]);
});

it.each(withCases)('of %s all pass', { timeout: 60_000 }, async (name) => {
  const card = await runSkillCases(name, { folder, loaded, handlers: known, model });
  const failed = card.cases.filter(({ passed }) => !passed);
  expect(failed).toEqual([]);
  expect(card.cases.length).toBeGreaterThanOrEqual(2);
  // A case that only expects refusals would leave the criteria untried.
  const tried = card.criteria.filter(({ asWanted, skipped }) => asWanted + skipped > 0);
  expect(tried).toEqual(card.criteria);
});
