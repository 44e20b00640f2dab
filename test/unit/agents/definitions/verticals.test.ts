import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatProblems, loadDefinitions, matchesKnowledgeGlob } from '../../../../agents/definitions/index.ts';

const FOLDER = new URL('../../../../agents/verticals', import.meta.url).pathname;

describe('the verticals that ship with Kaze', () => {
  it('load without a problem and hold what the founding document names', async () => {
    const loaded = await loadDefinitions(FOLDER);
    expect(formatProblems(loaded.problems)).toBe('');
    expect(loaded.verticals).toEqual(expect.arrayContaining(['crm', 'internal-ops', 'seo']));
    const skills = loaded.skills.map((skill) => `${skill.vertical}/${skill.name}`);
    expect(skills).toEqual(
      expect.arrayContaining([
        'seo/keyword-research',
        'seo/competitor-analysis',
        'seo/content-optimization',
        'seo/reporting',
        'crm/lead-scoring',
        'crm/report-generator',
        'internal-ops/answer-from-handbook',
        'internal-ops/triage-request',
      ]),
    );
    expect(loaded.agents.map((agent) => agent.name)).toEqual(
      expect.arrayContaining(['seo-strategist', 'crm-analyst', 'ops-assistant']),
    );
    for (const agent of loaded.agents) expect(agent.ramp[0]).toBe('supervised');
  });

  it('give every vertical at least twenty items, each with words, a source and a date', async () => {
    const { knowledge, verticals } = await loadDefinitions(FOLDER);
    for (const vertical of verticals)
      expect(knowledge.filter((item) => item.vertical === vertical).length).toBeGreaterThanOrEqual(20);
    for (const item of knowledge) {
      expect(item.text.length).toBeGreaterThan(60);
      expect(item.source.title).not.toBe('');
    }
    expect(
      knowledge.some((item) => item.vertical === 'seo' && matchesKnowledgeGlob('domain-concepts', item.path.slice(4))),
    ).toBe(true);
  });

  it.each([
    ['seo/skills/keyword-research.yaml', 'keyword-research.yaml'],
    ['seo/agents/seo-strategist.yaml', 'seo-strategist.yaml'],
  ])('%s is the founding document’s text', (own, founding) => {
    const fixture = new URL(`../../../fixtures/definitions/${founding}`, import.meta.url);
    expect(readFileSync(`${FOLDER}/${own}`, 'utf8')).toBe(readFileSync(fixture, 'utf8'));
  });
});
