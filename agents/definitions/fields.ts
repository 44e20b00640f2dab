import { isMap, isScalar, type Node } from 'yaml';
import { MapReader } from './map-reader.ts';
import type { Position } from './problems.ts';
import { namesOfInput } from './several.ts';
import { FIELD_TYPES, type FieldType } from './types.ts';
import { describeNode, type YamlSource } from './yaml-source.ts';

/** An item of `inputs`, `outputs`, `tools_required` or `metrics`, before it is given its final shape. */
export interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly type: FieldType;
  readonly description: string;
  readonly standsInFor: readonly string[];
  readonly multiple: boolean;
  readonly position: Position;
}

const NAME_RULE = {
  maxLength: 63,
  pattern: /^[a-z][a-z0-9_]*$/,
  expected: 'a name such as business_context (a-z, 0-9, _; at most 63)',
};
const TOOL_RULE = {
  maxLength: 63,
  pattern: /^[a-z][a-z0-9_-]*$/,
  expected: 'a tool name such as semrush_api (a-z, 0-9, _ and -; at most 63)',
};
const DESCRIPTION_RULE = { maxLength: 500 };
const TAKES_FILES: readonly FieldType[] = ['any', 'text', 'file'];

export type FieldListKey = 'inputs' | 'outputs' | 'tools_required' | 'metrics';

const KEYS: Readonly<Record<FieldListKey, readonly string[]>> = {
  inputs: ['name', 'type', 'required', 'description', 'stands_in_for', 'multiple'],
  outputs: ['name', 'type', 'required', 'description'],
  tools_required: ['name', 'required', 'description'],
  metrics: ['name', 'description'],
};

/**
 * Reads a list whose items are either a bare name with a meaningful trailing comment
 * (`- competitors  # Optional: known competitors`) or a mapping (`- name: competitors`, `required: false`, …).
 */
export function readFields(source: YamlSource, reader: MapReader, key: FieldListKey): Field[] {
  const fields: Field[] = [];
  for (const node of reader.list(key, { max: 50, of: 'names' }) ?? []) {
    const field = isMap(node) ? readFull({ source, key, map: node }) : readBare(source, key, node);
    if (!field) continue;
    if (fields.some((other) => other.name === field.name)) {
      source.problems.add(field.position, {
        what: `"${field.name}" stands twice in "${key}"`,
        expected: 'each name once',
      });
    } else {
      fields.push(field);
    }
  }
  for (const { name, position } of fields) {
    const other = fields.find(
      (one) => one.multiple && one.name !== name && namesOfInput({ name: one.name, multiple: true }).includes(name),
    );
    if (other)
      source.problems.add(position, {
        what: `"${name}" is what a further file of "${other.name}" is called, which takes several`,
        expected: 'another name',
      });
  }
  return fields;
}

function readBare(source: YamlSource, key: FieldListKey, node: Node): Field | undefined {
  const position = source.at(node);
  const name = isScalar(node) ? node.value : undefined;
  const rule = key === 'tools_required' ? TOOL_RULE : NAME_RULE;
  if (typeof name !== 'string' || name.length > rule.maxLength || !rule.pattern.test(name)) {
    source.problems.add(position, {
      what: `wrong item of "${key}"`,
      found: describeNode(node),
      expected: rule.expected,
    });
    return undefined;
  }
  const { optional, description } = readComment(source.trailingComment(node));
  return { name, required: !optional, type: 'any', description, standsInFor: [], multiple: false, position };
}

function readFull(options: {
  source: YamlSource;
  key: FieldListKey;
  map: Node & { items: unknown[] };
}): Field | undefined {
  const { source, key, map } = options;
  if (!isMap(map)) return undefined;
  const reader = new MapReader({ source, map, keys: KEYS[key], what: `an item of "${key}"` });
  reader.require('name', 'the name of the item');
  const name = reader.text('name', key === 'tools_required' ? TOOL_RULE : NAME_RULE);
  const nameNode = reader.node('name');
  const comment = readComment((nameNode && source.trailingComment(nameNode)) ?? source.trailingComment(map));
  const required = reader.boolean('required');
  if (required === true && comment.optional) {
    source.problems.add(reader.at('required'), {
      what: `"${name}" is required here and optional in its comment`,
      expected: 'one of the two',
    });
  }
  const standsInFor: string[] = [];
  for (const tool of reader.list('stands_in_for', { max: 10, of: 'tool names' }) ?? []) {
    if (isScalar(tool) && typeof tool.value === 'string' && TOOL_RULE.pattern.test(tool.value))
      standsInFor.push(tool.value);
    else
      source.problems.add(source.at(tool), {
        what: 'wrong item of "stands_in_for"',
        found: describeNode(tool),
        expected: TOOL_RULE.expected,
      });
  }
  const type = reader.oneOf('type', FIELD_TYPES) ?? 'any';
  const description = reader.text('description', DESCRIPTION_RULE) ?? comment.description;
  const multiple = reader.boolean('multiple') ?? false;
  if (multiple && !TAKES_FILES.includes(type)) {
    source.problems.add(reader.at('multiple'), {
      what: `"${name}" takes several files, and its type is ${type}`,
      expected: `type: ${TAKES_FILES.join(', ')}`,
    });
  }
  if (name === undefined) return undefined;
  const position = reader.at('name');
  return { name, required: required ?? !comment.optional, type, description, standsInFor, multiple, position };
}

/** `Optional: known competitors` says two things: the item may be missing, and what it is. */
function readComment(comment: string | undefined): { optional: boolean; description: string } {
  const optional = /^optional\b\s*[:,–—-]?\s*/i.exec(comment ?? '');
  return { optional: optional !== null, description: (comment ?? '').slice(optional?.[0].length ?? 0) };
}
