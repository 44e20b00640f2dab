import { isScalar, isSeq, type Node } from 'yaml';
import { nearestName } from '#platform';
import { SUPERVISION_LEVELS, type SupervisionLevel } from './types.ts';
import { describeNode, type YamlSource } from './yaml-source.ts';

const EXPECTED = 'supervised → sampling → autonomous, or a part of it that begins where the agent starts';

/** Reads `supervised → sampling → autonomous` (also with `->`), a list of levels, or one level. */
export function readRamp(source: YamlSource, node: Node | undefined): readonly SupervisionLevel[] {
  const parts = rampParts(source, node);
  if (!parts) {
    source.problems.add(source.at(node), {
      what: 'wrong value of "autonomy_level"',
      found: describeNode(node),
      expected: EXPECTED,
    });
    return ['supervised'];
  }
  const levels: SupervisionLevel[] = [];
  for (const { text, at } of parts) {
    const level = SUPERVISION_LEVELS.find((candidate) => candidate === text);
    const previous = levels.at(-1);
    if (!level) {
      const nearest = nearestName(text, SUPERVISION_LEVELS);
      const expected = `one of ${SUPERVISION_LEVELS.join(', ')}`;
      source.problems.add(at, { what: `unknown level "${text}"`, expected, ...(nearest ? { nearest } : {}) });
    } else if (previous && SUPERVISION_LEVELS.indexOf(level) <= SUPERVISION_LEVELS.indexOf(previous)) {
      source.problems.add(at, { what: `"${level}" cannot follow "${previous}"`, expected: EXPECTED });
    } else {
      levels.push(level);
    }
  }
  return levels.length > 0 ? levels : ['supervised'];
}

function rampParts(source: YamlSource, node: Node | undefined) {
  if (isScalar(node) && typeof node.value === 'string') {
    const at = source.at(node);
    const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? 1 : 0;
    let offset = quoted;
    return node.value.split(/(→|->)/).flatMap((text, index) => {
      const column = at.column + offset + (text.length - text.trimStart().length);
      offset += text.length;
      return index % 2 === 0 ? [{ text: text.trim(), at: { line: at.line, column } }] : [];
    });
  }
  if (!isSeq(node) || node.items.length === 0) return undefined;
  return node.items.map((item) => {
    const value = source.follow(item);
    return { text: isScalar(value) ? String(value.value) : describeNode(value), at: source.at(item as Node) };
  });
}
