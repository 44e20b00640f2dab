import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatProblems, parseDefinition, parseKnowledgePack } from '../../../../agents/definitions/index.ts';
import { AGENT_KEYS } from '../../../../agents/definitions/parse-agent.ts';
import { SKILL_KEYS } from '../../../../agents/definitions/parse-skill.ts';

const guide = readFileSync(new URL('../../../../docs/skills.md', import.meta.url), 'utf8');

describe('docs/skills.md', () => {
  it('shows definitions that load', () => {
    const blocks = [...guide.matchAll(/<!-- loads -->\n```yaml\n([\s\S]*?)```/g)];
    expect(blocks).toHaveLength(3);
    for (const block of blocks) expect(formatProblems(parseDefinition(block[1]!, 'guide').problems)).toBe('');
  });

  it('shows a knowledge pack that loads', () => {
    const pack = /```yaml\n(pack:[\s\S]*?)```/.exec(guide)![1]!;
    expect(formatProblems(parseKnowledgePack(pack, 'guide').problems)).toBe('');
  });

  it('shows the problems as they are really told', () => {
    const blocks = [...guide.matchAll(/<!-- problems (\S+) -->\n```yaml\n([\s\S]*?)```\n\n```text\n([\s\S]*?)\n```/g)];
    expect(blocks).toHaveLength(2);
    for (const [, file, text, told] of blocks)
      expect(formatProblems(parseDefinition(text!, file!).problems)).toBe(told);
  });

  it('names every key', () => {
    for (const key of [...SKILL_KEYS, ...AGENT_KEYS]) expect(guide).toContain(`\`${key}\``);
  });
});
