import { isMap, isScalar, type Node } from 'yaml';
import type { CaseExpectation, CaseInput, CaseValue, SkillCase, SkillCases } from './cases.ts';
import { checkExpression, type ExpressionProblem, parseExpression } from './expressions/index.ts';
import { parseKnowledgePath } from './knowledge-path.ts';
import { MapReader } from './map-reader.ts';
import { NAME_RULE } from './parse-skill.ts';
import { plainValue } from './plain-value.ts';
import type { Parsed } from './problems.ts';
import { describeNode, readYamlSource, type YamlSource } from './yaml-source.ts';

export interface ParseCasesOptions {
  /** What expectations may speak of: outputs and metrics; any name when left out. `result` is always there. */
  readonly names?: readonly string[];
}

/** What expectations find under `result`, beside outputs and metrics. */
export const RESULT_NAME = 'result';

const CASE_KEYS = [
  'name',
  'description',
  'inputs',
  'knowledge',
  'passages',
  'answers',
  'earlier',
  'people',
  'parts',
  'record',
  'now',
  'expect',
  'fails',
  'refused',
];
const FILE_NAME = /^[A-Za-z0-9][\w.-]{0,120}$/;
const CODE_RULE = { maxLength: 80, pattern: /^KAZE_[A-Z_]+$/, expected: 'a code such as KAZE_SKILL_INPUT_MISSING' };
const LONG = { maxLength: 200_000 };
const SHORT = { maxLength: 500 };
const PART_STATES = ['delivered', 'rejected', 'failed', 'cancelled'] as const;
const MOST_CASES = 100;
/** A clock that stands still: a case gives the same on every day. */
const DEFAULT_NOW = '2026-01-15T09:00:00Z';

/** Reads the cases of a skill. `file` is used in problems. */
export function parseSkillCases(text: string, file: string, options: ParseCasesOptions = {}): Parsed<SkillCases> {
  const { source, problems } = readYamlSource(text, file);
  const cases: SkillCase[] = [];
  let skill: string | undefined;
  if (source) {
    const reader = new MapReader({ source, map: source.root, keys: ['cases', 'items'], what: 'cases' });
    reader.require('cases', 'the name of the skill');
    reader.require('items', 'a list of cases');
    skill = reader.text('cases', NAME_RULE);
    for (const node of reader.list('items', { max: MOST_CASES, of: 'cases' }) ?? []) {
      const one = readCase(source, node, options);
      const twin = one && cases.find(({ name }) => name === one.name);
      if (twin) {
        const expected = `a name of its own (the first is in line ${twin.position.line})`;
        problems.add(source.at(node), { what: `the case "${one.name}" stands twice`, expected });
      } else if (one) cases.push(one);
    }
  }
  if (skill !== undefined && problems.isEmpty) return { definition: { skill, cases, file }, problems: [] };
  return { definition: undefined, problems: problems.toArray() };
}

function readCase(source: YamlSource, node: Node, options: ParseCasesOptions): SkillCase | undefined {
  const reader = readerOf(source, node, { keys: CASE_KEYS, what: 'a case' });
  if (!reader) return undefined;
  reader.require('name', 'a name such as finds-what-was-billed-twice');
  const name = reader.text('name', NAME_RULE);
  const refused = reader.text('refused', CODE_RULE);
  const expect = readExpectations(source, reader, options);
  const fails = texts(source, reader, 'fails');
  if (refused !== undefined && (reader.has('expect') || reader.has('fails'))) {
    const expected = 'a refusal alone: without an outcome there is nothing to look at';
    source.problems.add(reader.at('refused'), { what: '"refused" beside "expect" or "fails"', expected });
  }
  if (refused === undefined && !reader.has('expect')) reader.require('expect', 'a list of expressions, or "refused"');
  const said = {
    description: reader.text('description', SHORT) ?? '',
    inputs: readInputs(source, reader),
    knowledge: readKnowledge(source, reader),
    passages: readPassages(source, reader),
    answers: (reader.list('answers', { max: 50, of: 'answers' }) ?? []).map((one) => plainValue(source, one)),
    earlier: (reader.list('earlier', { max: 50, of: 'outputs' }) ?? []).flatMap((one) => record(source, one)),
    people: readPeople(source, reader),
    parts: readParts(source, reader),
    record: reader.has('record') ? (record(source, reader.map('record'))[0] ?? {}) : {},
    now: readNow(source, reader),
    position: source.at(node),
  };
  if (name === undefined) return undefined;
  return { name, ...said, expect, fails, ...(refused === undefined ? {} : { refused }) };
}

function readerOf(
  source: YamlSource,
  node: Node,
  { keys, what }: { readonly keys: readonly string[]; readonly what: string },
): MapReader | undefined {
  if (isMap(node)) return new MapReader({ source, map: node, keys, what });
  source.problems.add(source.at(node), {
    what: `wrong value of ${what}`,
    found: describeNode(node),
    expected: `a mapping of ${keys.join(', ')}`,
  });
  return undefined;
}

function readExpectations(source: YamlSource, reader: MapReader, { names }: ParseCasesOptions): CaseExpectation[] {
  const known = names === undefined ? {} : { names: [...names, RESULT_NAME] };
  return (reader.list('expect', { max: 50, of: 'expressions' }) ?? []).flatMap((node): CaseExpectation[] => {
    const position = source.at(node);
    const text = isScalar(node) && typeof node.value === 'string' ? node.value.trim() : undefined;
    const report = ({ what, expected, nearest }: ExpressionProblem) =>
      source.problems.add(position, {
        what: `in the expression "${(text ?? '').slice(0, 80)}": ${what}`,
        ...(expected === undefined ? {} : { expected }),
        ...(nearest === undefined ? {} : { nearest }),
      });
    if (text === undefined) {
      const expected = 'an expression such as count(findings) == 1';
      source.problems.add(position, { what: 'wrong item of "expect"', found: describeNode(node), expected });
      return [];
    }
    const { expression, problem } = parseExpression(text);
    if (problem) report(problem);
    if (!expression) return [];
    for (const each of checkExpression(expression, known)) report(each);
    return [{ text, expression, position }];
  });
}

function texts(source: YamlSource, reader: MapReader, key: string): string[] {
  return (reader.list(key, { max: 50, of: 'texts' }) ?? []).flatMap((node) => {
    if (isScalar(node) && typeof node.value === 'string') return [node.value.trim()];
    source.problems.add(source.at(node), {
      what: `wrong item of "${key}"`,
      found: describeNode(node),
      expected: 'a text',
    });
    return [];
  });
}

/** `{ file: name }` is a file of the folder; everything else is the value as it is written. */
function readInputs(source: YamlSource, reader: MapReader): Record<string, CaseInput> {
  const map = reader.map('inputs');
  if (!map) return {};
  return Object.fromEntries(
    map.items.flatMap(({ key, value: node }): Array<[string, CaseInput]> => {
      const value = plainValue(source, node);
      const name = isScalar(key) ? String(key.value) : '';
      if (!isRecord(value) || Object.keys(value).join() !== 'file') return [[name, { kind: 'value', value }]];
      const { file } = value;
      if (typeof file === 'string' && FILE_NAME.test(file)) return [[name, { kind: 'file', file }]];
      source.problems.add(source.at(node as Node), {
        what: `the file of "${name}"`,
        found: JSON.stringify(file),
        expected: 'the name of a file in the folder of the cases, without a path',
      });
      return [];
    }),
  );
}

function readKnowledge(source: YamlSource, reader: MapReader): SkillCase['knowledge'] {
  return (reader.list('knowledge', { max: 100, of: 'items' }) ?? []).flatMap((node) => {
    const item = readerOf(source, node, { keys: ['path', 'title', 'text'], what: 'an item of knowledge' });
    for (const key of ['path', 'text']) item?.require(key, `a ${key}`);
    const path = item?.text('path', { maxLength: 200 });
    const text = item?.text('text', LONG);
    const parsed = path === undefined ? undefined : parseKnowledgePath(path);
    if (item && parsed && 'problem' in parsed) source.problems.add(item.at('path'), parsed.problem);
    return path === undefined || text === undefined
      ? []
      : [{ path, title: item?.text('title', SHORT) ?? path.split('/').at(-1)!, text }];
  });
}

function readPassages(source: YamlSource, reader: MapReader): SkillCase['passages'] {
  return (reader.list('passages', { max: 200, of: 'passages' }) ?? []).flatMap((node) => {
    const item = readerOf(source, node, { keys: ['source', 'headings', 'text'], what: 'a passage' });
    for (const key of ['source', 'text']) item?.require(key, `a ${key}`);
    const name = item?.text('source', SHORT);
    const text = item?.text('text', LONG);
    const headings = item ? texts(source, item, 'headings') : [];
    return name === undefined || text === undefined ? [] : [{ source: name, headings, text }];
  });
}

function readPeople(source: YamlSource, reader: MapReader): SkillCase['people'] {
  return (reader.list('people', { max: 100, of: 'people' }) ?? []).flatMap((node) => {
    const item = readerOf(source, node, { keys: ['name', 'email'], what: 'a person' });
    item?.require('name', 'a name');
    const name = item?.text('name', SHORT);
    return name === undefined ? [] : [{ name, email: item?.text('email', SHORT) ?? null }];
  });
}

function readParts(source: YamlSource, reader: MapReader): SkillCase['parts'] {
  return (reader.list('parts', { max: 100, of: 'parts' }) ?? []).flatMap((node) => {
    const keys = ['key', 'state', 'by', 'reason', 'outputs'];
    const item = readerOf(source, node, { keys, what: 'a part' });
    for (const key of ['key', 'state']) item?.require(key, `a ${key}`);
    const key = item?.text('key', SHORT);
    const state = item?.oneOf('state', PART_STATES);
    const outputs = item?.map('outputs');
    if (!item || key === undefined || state === undefined) return [];
    const by = item.text('by', SHORT) ?? null;
    const reason = item.text('reason', SHORT) ?? null;
    return [{ key, state, by, reason, outputs: outputs ? (record(source, outputs)[0] ?? null) : null }];
  });
}

function readNow(source: YamlSource, reader: MapReader): number {
  const written = reader.text('now', { maxLength: 40 }) ?? DEFAULT_NOW;
  const now = Date.parse(written);
  if (Number.isFinite(now)) return now;
  source.problems.add(reader.at('now'), { what: `"${written}" is no moment`, expected: `such as ${DEFAULT_NOW}` });
  return Date.parse(DEFAULT_NOW);
}

function record(source: YamlSource, node: unknown): Array<Readonly<Record<string, CaseValue>>> {
  const value = plainValue(source, node);
  if (isRecord(value)) return [value];
  const expected = 'a mapping of names to values';
  source.problems.add(source.at(node as Node), { what: 'wrong outputs', found: describeNode(node), expected });
  return [];
}

const isRecord = (value: CaseValue): value is Readonly<Record<string, CaseValue>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
