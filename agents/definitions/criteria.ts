import { isMap, isScalar, type Node } from 'yaml';
import { nearestName } from '#platform';
import { checkExpression, type ExpressionProblem, parseExpression } from './expressions/index.ts';
import { MapReader } from './map-reader.ts';
import type { Position } from './problems.ts';
import type { Criterion } from './types.ts';
import { describeNode, type YamlSource } from './yaml-source.ts';

export interface CriteriaContext {
  /** Names that expressions may use; undefined while a skill's metrics are not known. */
  readonly names?: readonly string[];
  readonly validators: readonly string[];
}

interface CriterionReader extends CriteriaContext {
  readonly source: YamlSource;
}

const NAMED = /^([A-Za-z_][\w-]*)\s+(?:check|validation)$/;
/** Least score of a model-judged check when the definition does not say. */
const DEFAULT_MIN_SCORE = 0.7;

/** Reads `quality_criteria`: expressions, `<validator> check`, and mappings that say which kind they are. */
export function readCriteria(
  source: YamlSource,
  reader: MapReader,
  context: CriteriaContext,
): { criterion: Criterion; position: Position }[] {
  const criteria: { criterion: Criterion; position: Position }[] = [];
  for (const node of reader.list('quality_criteria', { max: 50, of: 'criteria' }) ?? []) {
    const criterion = readCriterion({ ...context, source }, node);
    if (criterion) criteria.push({ criterion, position: source.at(node) });
  }
  return criteria;
}

function readCriterion(context: CriterionReader, node: Node): Criterion | undefined {
  const { source } = context;
  if (isMap(node)) return readObject(context, node);
  const text = isScalar(node) ? node.value : undefined;
  if (typeof text !== 'string' || text.trim() === '') {
    source.problems.add(source.at(node), {
      what: 'wrong item of "quality_criteria"',
      found: describeNode(node),
      expected: 'an expression such as relevance_score > 0.8, "<validator> check", or judge: "<question>"',
    });
    return undefined;
  }
  const description = source.trailingComment(node) ?? '';
  const named = NAMED.exec(text.trim());
  if (named) return readNamed(context, { node, name: named[1]!, text: text.trim(), description });
  return readExpression(context, { node, text, description });
}

function readObject(context: CriterionReader, map: Node & { items: unknown[] }): Criterion | undefined {
  const { source } = context;
  if (!isMap(map)) return undefined;
  const keys = ['expression', 'validator', 'judge', 'description', 'min_score'];
  const reader = new MapReader({ source, map, keys, what: 'a criterion' });
  const kinds = (['expression', 'validator', 'judge'] as const).filter((key) => reader.has(key));
  const [kind] = kinds;
  if (kinds.length !== 1 || !kind) {
    const found = kinds.length === 0 ? 'none of them' : kinds.join(' and ');
    source.problems.add(source.at(map), {
      what: 'a criterion of unclear kind',
      found,
      expected: 'exactly one of expression, validator, judge',
    });
    return undefined;
  }
  const description = reader.text('description', { maxLength: 500 }) ?? '';
  const minScore = reader.number('min_score', { min: 0, max: 1 }) ?? DEFAULT_MIN_SCORE;
  if (reader.has('min_score') && kind !== 'judge') {
    source.problems.add(reader.at('min_score'), {
      what: `"min_score" beside "${kind}"`,
      expected: 'it beside "judge" only',
    });
  }
  const node = reader.node(kind);
  const text = reader.text(kind, { maxLength: kind === 'expression' ? 1_000_000 : 1000 });
  if (text === undefined || !node) return undefined;
  if (kind === 'judge') return { kind, text, description, question: text, minScore };
  if (kind === 'validator') return readNamed(context, { node, name: text, text: `${text} check`, description });
  return readExpression(context, { node, text, description });
}

interface CriterionText {
  readonly node: Node;
  readonly text: string;
  readonly description: string;
}

function readNamed(context: CriterionReader, options: CriterionText & { name: string }): Criterion | undefined {
  const { name, text, description, node } = options;
  if (context.validators.includes(name)) return { kind: 'validator', text, description, name };
  const nearest = nearestName(name, context.validators);
  const expected = `one of ${context.validators.join(', ')}`;
  const what = `unknown validator "${name}"`;
  context.source.problems.add(context.source.at(node), { what, expected, ...(nearest ? { nearest } : {}) });
  return undefined;
}

function readExpression(context: CriterionReader, options: CriterionText): Criterion | undefined {
  const { node, text, description } = options;
  const { source } = context;
  const place = (problem: ExpressionProblem): Position => {
    const at = source.at(node);
    const quoted = isScalar(node) && node.type?.startsWith('QUOTE') ? 1 : 0;
    const oneLine = isScalar(node) && !node.type?.startsWith('BLOCK') && !text.includes('\n');
    return oneLine ? { line: at.line, column: at.column + quoted + problem.at } : at;
  };
  const report = ({ what, expected, nearest }: ExpressionProblem, at: Position) =>
    source.problems.add(at, {
      what: `in the expression "${text.length > 80 ? `${text.slice(0, 77)}...` : text}": ${what}`,
      ...(expected === undefined ? {} : { expected }),
      ...(nearest === undefined ? {} : { nearest }),
    });
  const { expression, problem } = parseExpression(text);
  if (problem) {
    // Prose is no broken expression; telling about its second word would not help.
    if (/[<>=(]/.test(text) || !/\s/.test(text.trim())) report(problem, place(problem));
    else {
      const found = describeNode(node);
      const expected = `an expression, "<validator> check" (${context.validators.join(', ')}), or judge: "<question>" for a model to judge`;
      source.problems.add(source.at(node), { what: 'a criterion that nothing can check', found, expected });
    }
    return undefined;
  }
  const problems = checkExpression(expression, context.names === undefined ? {} : { names: context.names });
  for (const each of problems) report(each, place(each));
  return problems.length > 0 ? undefined : { kind: 'expression', text: text.trim(), description, expression };
}
