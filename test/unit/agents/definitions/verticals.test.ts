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

  const foundingText = (name: string) =>
    readFileSync(new URL(`../../../fixtures/definitions/${name}`, import.meta.url), 'utf8');

  it('seo/agents/seo-strategist.yaml is the founding document’s text', () => {
    expect(readFileSync(`${FOLDER}/seo/agents/seo-strategist.yaml`, 'utf8')).toBe(foundingText('seo-strategist.yaml'));
  });

  it('seo/skills/keyword-research.yaml is the founding document’s text with optional items added', () => {
    const own = readFileSync(`${FOLDER}/seo/skills/keyword-research.yaml`, 'utf8').split('\n');
    const founding = foundingText('keyword-research.yaml').split('\n');
    // Every line of the founding text, in its order; what stands between them are whole items that say `required: false`.
    const added = own.filter((line) => line !== founding[0] || founding.shift() === undefined);
    expect(founding).toEqual([]);
    const items = added
      .join('\n')
      .split(/^ {4}- name: /m)
      .slice(1);
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) expect(item).toMatch(/^ {6}required: false$/m);
    expect(added.filter((line) => !/^ {4}- name: | {6}\S/.test(line))).toEqual([]);
  });
});
