import { isMap, isScalar, type Node, type YAMLMap } from 'yaml';
import {
  checkExpression,
  definitionInvalid,
  type Expression,
  evaluateExpression,
  type Position,
  parseExpression,
} from '../../definitions/index.ts';
import { MapReader } from '../../definitions/map-reader.ts';
import { readYamlSource, type YamlSource } from '../../definitions/yaml-source.ts';

export const ANSWERS = ['none', 'text', 'number', 'yes-no'] as const;
export const EVIDENCE = ['none', 'text', 'file'] as const;

export interface Step {
  readonly id: string;
  readonly place: Position;
  readonly do: string;
  /** As written: a role of `owners`, or a person's name, address or id. */
  readonly owner: string;
  readonly ownerPlace: Position;
  readonly answer: (typeof ANSWERS)[number];
  readonly evidence: (typeof EVIDENCE)[number];
  readonly when?: Expression;
  readonly stopWhen?: Expression;
  /** What follows when it is not done. */
  readonly ifNotDone: 'stop' | 'continue';
  /** Milliseconds from when it is asked. */
  readonly dueMs?: number;
}

export interface Procedure {
  readonly file: string;
  readonly name: string;
  readonly title: string;
  /** Milliseconds from the start. */
  readonly deadlineMs?: number;
  /** People by role. */
  readonly owners: Readonly<Record<string, { readonly person: string; readonly place: Position }>>;
  readonly steps: readonly Step[];
}

/** What is known of a step in conditions, by its id. */
export interface StepFacts {
  readonly done: boolean;
  readonly skipped: boolean;
  readonly answer: string | number | boolean | null;
}

const KEYS = ['procedure', 'title', 'deadline', 'owners', 'steps'];
const STEP_KEYS = ['id', 'do', 'owner', 'answer', 'evidence', 'when', 'stop_when', 'if_not_done', 'due'];
const NAME = { maxLength: 63, pattern: /^[a-z][a-z0-9-]*$/, expected: 'small letters, digits and hyphens' };
const STEP_NAME = { maxLength: 40, pattern: /^[a-z][a-z0-9_]*$/, expected: 'small letters, digits and underscores' };
const DURATION = { maxLength: 10, pattern: /^[1-9]\d{0,3}[mhdw]$/, expected: 'a duration such as 30m, 4h, 2d or 1w' };
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const LONGEST_MS = 365 * 86_400_000;
export const MAX_STEPS = 100;

/** A procedure from its YAML. Errors: KAZE_DEFINITION_INVALID with every problem at `file:line:column`. */
export function parseProcedure(text: string, file: string): Procedure {
  const { source, problems } = readYamlSource(text, file);
  if (!source) throw definitionInvalid(problems.toArray());
  const reader = new MapReader({ source, map: source.root, keys: KEYS, what: 'a procedure' });
  reader.require('procedure', 'its name');
  reader.require('steps', 'a list of steps');
  const name = reader.text('procedure', NAME);
  const title = reader.text('title', { maxLength: 200 }) ?? name ?? '';
  const deadlineMs = duration(reader, 'deadline');
  const owners = readOwners(source, reader.map('owners'));
  const known: string[] = [];
  const steps = (reader.list('steps', { max: MAX_STEPS, of: 'steps' }) ?? []).flatMap((node): Step[] => {
    const step = readStep(source, node, known);
    if (step) known.push(step.id);
    return step ? [step] : [];
  });
  if (!problems.isEmpty || name === undefined) throw definitionInvalid(problems.toArray());
  return { file, name, title, owners, steps, ...(deadlineMs === undefined ? {} : { deadlineMs }) };
}

function readOwners(source: YamlSource, map: YAMLMap | undefined): Procedure['owners'] {
  const owners: Record<string, { person: string; place: Position }> = {};
  for (const { key, value } of map?.items ?? []) {
    const role = isScalar(key) ? String(key.value) : '';
    const node = source.follow(value);
    if (isScalar(node) && typeof node.value === 'string' && node.value.trim() !== '')
      owners[role] = { person: node.value.trim(), place: source.at(node) };
    else
      source.problems.add(source.at((value ?? key) as Node), {
        what: `the role "${role}" has nobody`,
        expected: "a person's name, address or id",
      });
  }
  return owners;
}

function readStep(source: YamlSource, node: Node, known: readonly string[]): Step | undefined {
  if (!isMap(node)) {
    source.problems.add(source.at(node), { what: 'a step that is no mapping', expected: 'id, do and owner' });
    return undefined;
  }
  const reader = new MapReader({ source, map: node, keys: STEP_KEYS, what: 'a step' });
  for (const [key, expected] of [
    ['id', 'a short name'],
    ['do', 'what is to be done'],
    ['owner', 'a role or a person'],
  ] as const)
    reader.require(key, expected);
  const id = reader.text('id', STEP_NAME);
  if (id !== undefined && known.includes(id)) {
    source.problems.add(reader.at('id'), { what: `a second step "${id}"`, expected: 'an id of its own' });
  }
  const [what, owner] = [reader.text('do', { maxLength: 2_000 }), reader.text('owner', { maxLength: 200 })];
  const answer = reader.oneOf('answer', ANSWERS) ?? 'none';
  const evidence = reader.oneOf('evidence', EVIDENCE) ?? 'none';
  const ifNotDone = reader.oneOf('if_not_done', ['stop', 'continue'] as const) ?? 'stop';
  const dueMs = duration(reader, 'due');
  const when = condition(source, reader, { key: 'when', names: known });
  const stopWhen = condition(source, reader, { key: 'stop_when', names: id === undefined ? known : [...known, id] });
  if (id === undefined || what === undefined || owner === undefined) return undefined;
  return {
    id,
    place: source.at(node),
    do: what,
    owner,
    ownerPlace: reader.at('owner'),
    answer,
    evidence,
    ifNotDone,
    ...(dueMs === undefined ? {} : { dueMs }),
    ...(when ? { when } : {}),
    ...(stopWhen ? { stopWhen } : {}),
  };
}

function duration(reader: MapReader, key: string): number | undefined {
  const text = reader.text(key, DURATION);
  if (text === undefined) return undefined;
  return Math.min(LONGEST_MS, Number(text.slice(0, -1)) * UNIT_MS[text.at(-1) as keyof typeof UNIT_MS]);
}

/** A condition over steps that come before. */
function condition(
  source: YamlSource,
  reader: MapReader,
  { key, names }: { key: string; names: readonly string[] },
): Expression | undefined {
  const text = reader.text(key, { maxLength: 500 });
  if (text === undefined) return undefined;
  const parsed = parseExpression(text);
  const found = parsed.problem ? [parsed.problem] : checkExpression(parsed.expression, { names });
  for (const problem of found) {
    const { what, expected } = problem;
    const before = `the id of a step that comes before (${names.join(', ') || 'none does'})`;
    source.problems.add(reader.at(key), {
      what: `${key}: ${what}`,
      expected: what.startsWith('unknown name') ? before : (expected ?? before),
    });
  }
  return parsed.expression;
}

/** Whether a condition holds. What cannot be told does not hold. */
export function holds(
  expression: Expression,
  facts: Readonly<Record<string, StepFacts>>,
): { readonly passed: boolean; readonly why: string } {
  const { passed, explanation } = evaluateExpression(expression, facts as unknown as Readonly<Record<string, unknown>>);
  return { passed, why: explanation };
}
