import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAgentDefinition, parseDefinition, parseSkillDefinition } from '../../../../agents/definitions/index.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/definitions/${name}`, import.meta.url), 'utf8');

describe('the founding document’s YAML blocks, verbatim', () => {
  const skillText = fixture('keyword-research.yaml');
  const agentText = fixture('seo-strategist.yaml');

  it('reads the skill, its comments as meaning and its criteria by kind', () => {
    const { definition, problems } = parseSkillDefinition(skillText, 'keyword-research.yaml');
    expect(problems).toEqual([]);
    expect(definition).toMatchObject({
      kind: 'skill',
      name: 'keyword-research',
      description: 'Research and evaluate keyword opportunities',
      inputs: [
        { name: 'business_context', required: true, description: 'What the client does' },
        { name: 'current_rankings', required: false, description: 'existing search positions' },
        { name: 'competitors', required: false, description: 'known competitors' },
      ],
      toolsRequired: [
        { name: 'semrush_api', description: '' },
        { name: 'google_search_console', description: '' },
        { name: 'llm', description: 'Analysis & reasoning' },
      ],
      outputs: [
        { name: 'keyword_opportunities', description: 'Structured list' },
        { name: 'priority_ranking', description: 'Scored and ordered' },
        { name: 'reasoning', description: 'Why these keywords' },
      ],
      knowledgeDependencies: [
        { path: 'seo/domain-concepts', scopeTemplate: 'vertical:seo', glob: 'domain-concepts' },
        { path: 'seo/best-practices', scopeTemplate: 'vertical:seo', glob: 'best-practices' },
      ],
      qualityCriteria: [
        { kind: 'expression', text: 'relevance_score > 0.8' },
        { kind: 'validator', name: 'business_alignment' },
        { kind: 'validator', name: 'search_volume' },
      ],
    });
  });

  it('keeps the lines and columns of the file as written', () => {
    const { definition } = parseSkillDefinition(skillText, 'keyword-research.yaml');
    for (const [path, { line, column }] of Object.entries(definition!.positions)) {
      const name = path.split('.').at(-1)!;
      if (!/^(inputs|outputs|tools_required|knowledge_dependencies)\./.test(path)) continue;
      expect(skillText.split('\n')[line - 1]!.slice(column - 1)).toMatch(new RegExp(`^${name}\\b`));
    }
    expect(definition!.positions['quality_criteria.0']).toEqual({ line: 24, column: 7 });
  });

  it('reads the agent with its ramp and knowledge scopes', () => {
    const { definition, problems } = parseAgentDefinition(agentText, 'seo-strategist.yaml');
    expect(problems).toEqual([]);
    expect(definition).toMatchObject({
      name: 'seo-strategist',
      role: 'Senior SEO strategist for {client}',
      skills: ['keyword-research', 'competitor-analysis', 'content-optimization', 'reporting'].map((name) => ({
        name,
      })),
      knowledge: [
        { scopeTemplate: 'vertical:seo', glob: '*' },
        { scopeTemplate: 'tenant:{client_id}', glob: 'business-context' },
      ],
      ramp: ['supervised', 'sampling', 'autonomous'],
    });
  });

  it('tells a skill from an agent by its key', () => {
    expect(parseDefinition(skillText, 's').definition?.kind).toBe('skill');
    expect(parseDefinition(agentText, 'a').definition?.kind).toBe('agent');
  });

  it('says the same in flat form, with equal hash', () => {
    const flat = skillText.replace(/^ {2}/gm, '');
    const headline = parseSkillDefinition(skillText, 'f').definition!;
    const other = parseSkillDefinition(flat, 'f').definition!;
    expect(other.source.form).toBe('flat');
    expect(headline.source.form).toBe('headline');
    expect(other.source.hash).toBe(headline.source.hash);
  });

  it('maps the column of a problem inside an indented body', () => {
    const broken = skillText.replace('relevance_score > 0.8', 'relevance_score >> 0.8');
    expect(parseSkillDefinition(broken, 'f').problems).toMatchObject([{ line: 24, column: 24 }]);
  });

  it.each([
    ['a body that falls back to the margin', (text: string) => text.replace('  outputs:', 'outputs:'), 14],
    ['another key as headline', (text: string) => text.replace('skill:', 'ability:'), 1],
    ['an indented list beneath a nested key', (text: string) => text.replace('  inputs:', '  inputs: x'), 6],
  ])('refuses %s', (_name, change, line) => {
    const { definition, problems } = parseSkillDefinition(change(skillText), 'f');
    expect(definition).toBeUndefined();
    expect(problems[0]!.line).toBe(line);
  });
});
