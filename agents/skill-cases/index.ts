/**
 * Runs the cases that stand beside a skill: inputs, what has to come out, which criteria have to hold.
 *
 * @example
 * const loaded = await loadDefinitions(folder);
 * const handlers = new SkillHandlers(allHandlers, allValidators);
 * const card = await runSkillCases('invoice-check', { folder, loaded, handlers, model });
 * if (!card.passed) console.error(card.cases.filter(({ passed }) => !passed));
 */
export { casesFile, runSkillCases, type SkillCasesOptions, skillsWithCases } from './run-skill-cases.ts';
export { type CaseResult, type CriterionScore, criterionIsAsWanted, type SkillScorecard } from './scorecard.ts';
