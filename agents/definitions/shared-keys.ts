import { isScalar } from 'yaml';
import { parseKnowledgePath } from './knowledge-path.ts';
import { MapReader } from './map-reader.ts';
import type { Position } from './problems.ts';
import type { KnowledgeReference, Limits } from './types.ts';
import { describeNode, type YamlSource } from './yaml-source.ts';

/** Knowledge paths under `key`, each once. */
export function readKnowledge(
  source: YamlSource,
  reader: MapReader,
  key: 'knowledge' | 'knowledge_dependencies',
): { reference: KnowledgeReference; position: Position }[] {
  const found: { reference: KnowledgeReference; position: Position }[] = [];
  for (const node of reader.list(key, { max: 50, of: 'knowledge paths' }) ?? []) {
    const position = source.at(node);
    const path = isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
    if (path === undefined || path.length > 200) {
      const expected = 'a knowledge path such as seo/domain-concepts';
      source.problems.add(position, { what: `wrong item of "${key}"`, found: describeNode(node), expected });
      continue;
    }
    const parsed = parseKnowledgePath(path);
    if ('problem' in parsed) source.problems.add(position, parsed.problem);
    else if (found.some(({ reference }) => reference.path === path)) {
      source.problems.add(position, { what: `"${path}" stands twice in "${key}"`, expected: 'each path once' });
    } else found.push({ reference: parsed.reference, position });
  }
  return found;
}

/** `limits` of a skill or an agent. */
export function readLimits(source: YamlSource, reader: MapReader): Limits | undefined {
  const map = reader.map('limits');
  if (!map) return undefined;
  const limits = new MapReader({ source, map, keys: ['timeout_ms', 'max_steps', 'max_cost_usd'], what: '"limits"' });
  const timeoutMs = limits.number('timeout_ms', { min: 1000, max: 86_400_000, integer: true });
  const maxSteps = limits.number('max_steps', { min: 1, max: 1000, integer: true });
  const maxCostUsd = limits.number('max_cost_usd', { min: 0, max: 1000 });
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(maxSteps === undefined ? {} : { maxSteps }),
    ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
  };
}
