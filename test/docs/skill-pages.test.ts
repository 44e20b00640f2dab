import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { handlers, loadDefinitions } from '#agents';
import type { SkillInput } from '../../agents/skills/handler.ts';
import { profile } from '../../agents/skills/lead-scoring/analyse.ts';
import { readLeads } from '../../agents/skills/lead-scoring/read-leads.ts';
import { readRankings } from '../../agents/skills/search-analysis/read-rankings.ts';
import { fakeSkillContext, fileInput, jsonInput, textInput } from '../support/skills/context.ts';

const root = new URL('../../', import.meta.url);
const { skills } = await loadDefinitions(new URL('agents/verticals', root).pathname);
const pageOf = (skill: string) => new URL(`docs/skills/${skill}.md`, root);
const sectionsOf = (skill: string) =>
  new Map(
    readFileSync(pageOf(skill), 'utf8')
      .split(/^## /m)
      .slice(1)
      .map((section) => [section.split('\n')[0]!, section]),
  );

/** The first sample of a kind in a section of a skill's page. */
function sample(skill: string, section: string, kind: string): string {
  const found = new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``).exec(sectionsOf(skill).get(section)!);
  if (!found) throw new Error(`docs/skills/${skill}.md has no ${kind} under ${section}`);
  return found[1]!;
}

const run = (skill: string, inputs: Readonly<Record<string, SkillInput>>) =>
  handlers.find((one) => one.skill === skill)!.run(fakeSkillContext({ inputs }));

describe.each(skills.map(({ name }) => name))('the page of %s', (name) => {
  it('is there, with inputs and outputs by name and by sample, method and limits', () => {
    expect(existsSync(pageOf(name)), `docs/skills/${name}.md`).toBe(true);
    const sections = sectionsOf(name);
    for (const title of ['Inputs', 'Method', 'Outputs', 'Limits']) expect([...sections.keys()]).toContain(title);
    for (const title of ['Inputs', 'Outputs']) expect(sections.get(title), title).toContain('```');
    const { inputs, outputs } = skills.find((skill) => skill.name === name)!;
    const text = [...sections.values()].join('\n');
    const isTold = (word: string) => text.includes(`\`${word}\``) || text.includes(`"${word}"`);
    expect([...inputs, ...outputs].map((one) => one.name).filter((word) => !isTold(word))).toEqual([]);
  });
});

describe('a sample of a page is true', () => {
  it('of meeting-notes: the transcript gives what stands under outputs', async () => {
    const { outputs } = await run('meeting-notes', {
      transcript: textInput(sample('meeting-notes', 'Inputs', 'text')),
    });
    const shown = JSON.parse(sample('meeting-notes', 'Outputs', 'json')) as object;
    expect(outputs).toMatchObject(shown);
  });

  it('of to-do: the input gives the record under outputs', async () => {
    const given = JSON.parse(sample('to-do', 'Inputs', 'json')) as Record<string, string>;
    const inputs = Object.fromEntries(Object.entries(given).map(([name, text]) => [name, textInput(text)]));
    const { outputs } = await run('to-do', inputs);
    expect(outputs).toEqual(JSON.parse(sample('to-do', 'Outputs', 'json')));
  });

  it('of triage-request: both requests go where the page says', async () => {
    const given = JSON.parse(sample('triage-request', 'Inputs', 'json'));
    const first = await run('triage-request', {
      request: textInput(given.request),
      candidates: jsonInput(given.candidates),
    });
    expect(first.outputs).toMatchObject({ target_kind: 'person', target: 'p-tom' });
    const requests = new URL('test/unit/agents/skills/triage-requests.json', root);
    const { candidates } = JSON.parse(readFileSync(requests, 'utf8'));
    const [, request] = /^For "(.+?)"/m.exec(sectionsOf('triage-request').get('Outputs')!)!;
    const { outputs } = await run('triage-request', {
      request: textInput(request!),
      candidates: jsonInput(candidates),
    });
    const { target_kind, target, confidence } = JSON.parse(sample('triage-request', 'Outputs', 'json'));
    expect(outputs).toMatchObject({ target_kind, target, confidence: expect.closeTo(confidence, 2) });
  });

  it('of checklist-run: the procedure is one', async () => {
    const skill = handlers.find((one) => one.skill === 'checklist-run')!;
    const inputs = { procedure: textInput(sample('checklist-run', 'Inputs', 'yaml')) };
    await expect(skill.check!(inputs)).resolves.toBeUndefined();
  });

  it('of lead-scoring, report-generator and reporting: the exports are read', async () => {
    const read = async (skill: string, kind: string) => {
      const { outcomes } = profile(await readLeads(fileInput('deals.csv', sample(skill, 'Inputs', kind)), 'leads'));
      return outcomes!.outcomes;
    };
    expect(await read('lead-scoring', '')).toEqual(['lost', 'won', 'open']);
    expect(await read('report-generator', 'csv')).toEqual(['won', 'open']);
    const rankings = await readRankings(fileInput('october.csv', sample('reporting', 'Inputs', 'csv')));
    expect(rankings.queries.map(({ query, clicks }) => [query, clicks])).toEqual([
      ['bike repair leeds', 400],
      ['folding bike', 300],
    ]);
  });
});
