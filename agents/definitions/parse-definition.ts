import { isScalar } from 'yaml';
import { nearestName } from '#platform';
import { readAgent } from './parse-agent.ts';
import { type ParseOptions, readSkill } from './parse-skill.ts';
import type { Parsed } from './problems.ts';
import type { Definition } from './types.ts';
import { readYamlSource } from './yaml-source.ts';

/** Reads a skill or an agent, whichever the file's own `skill:` or `agent:` key says it is. */
export function parseDefinition(text: string, file: string, options: ParseOptions = {}): Parsed<Definition> {
  const { source, problems } = readYamlSource(text, file, { headlines: ['skill', 'agent'] });
  let definition: Definition | undefined;
  if (source) {
    const keys = source.root.items.map((pair) => (isScalar(pair.key) ? String(pair.key.value) : ''));
    if (keys.includes('skill')) definition = readSkill(source, options);
    else if (keys.includes('agent')) definition = readAgent(source);
    else {
      const nearest = keys.map((key) => nearestName(key, ['skill', 'agent'])).find((key) => key !== undefined);
      const found = `the keys ${keys.slice(0, 5).join(', ')}`;
      problems.add(source.at(source.root), {
        what: 'neither a skill nor an agent',
        found,
        expected: 'a key "skill" or "agent"',
        ...(nearest ? { nearest } : {}),
      });
    }
  }
  if (definition && problems.isEmpty) return { definition, problems: [] };
  return { definition: undefined, problems: problems.toArray() };
}
