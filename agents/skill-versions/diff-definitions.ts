import { type Criterion, canonicalJson, type SkillDefinition } from '../definitions/index.ts';

export type ChangedPart =
  | 'description'
  | 'input'
  | 'output'
  | 'metric'
  | 'tool'
  | 'knowledge'
  | 'criterion'
  | 'prompt'
  | 'risk'
  | 'irreversible'
  | 'limits'
  | 'handler';

/** One thing that a later version says otherwise. */
export interface SkillChange {
  readonly part: ChangedPart;
  readonly change: 'added' | 'removed' | 'changed';
  /** Of the input, output, metric, tool or path; a criterion as it is written. */
  readonly name: string | null;
  readonly before: string | null;
  readonly after: string | null;
  /** Tasks that fitted the earlier version can be refused by the later one, or readers of its outputs miss something. */
  readonly breaking: boolean;
}

export interface ComparedVersion {
  readonly definition: SkillDefinition;
  readonly handlerRevision: number | null;
}

/** What the later version says otherwise, in the order of a definition. Empty when both say the same. */
export function diffDefinitions(before: ComparedVersion, after: ComparedVersion): SkillChange[] {
  const a = before.definition;
  const b = after.definition;
  return [
    ...value('description', a.description, b.description),
    ...list('input', a.inputs, b.inputs, breakingInput),
    ...list('tool', a.toolsRequired, b.toolsRequired, (was, is) => is?.required === true && was?.required !== true),
    ...list('output', a.outputs, b.outputs, breakingOutput),
    ...list('metric', a.metrics, b.metrics, (_, is) => is === undefined),
    ...list('knowledge', a.knowledgeDependencies.map(pathAsName), b.knowledgeDependencies.map(pathAsName), () => false),
    ...list('criterion', a.qualityCriteria.map(criterionAsNamed), b.qualityCriteria.map(criterionAsNamed), () => false),
    ...value('risk', a.risk, b.risk),
    ...value('irreversible', a.irreversible, b.irreversible),
    ...value('limits', a.limits && canonicalJson(a.limits), b.limits && canonicalJson(b.limits)),
    ...value('prompt', a.prompt, b.prompt),
    ...value('handler', revision(before), revision(after)),
  ];
}

const revision = ({ handlerRevision }: ComparedVersion) =>
  handlerRevision === null ? undefined : `revision ${handlerRevision}`;

interface Named {
  readonly name: string;
}

const pathAsName = ({ path }: { readonly path: string }): Named => ({ name: path });
const criterionAsNamed = (criterion: Criterion) => ({
  name: criterion.text,
  ...(criterion.description === '' ? {} : { description: criterion.description }),
  ...(criterion.kind === 'judge' ? { minScore: criterion.minScore } : {}),
});

/** A task without a new required input, with one that is gone, or of another type, is refused. */
function breakingInput(
  was: SkillDefinition['inputs'][number] | undefined,
  is: SkillDefinition['inputs'][number] | undefined,
): boolean {
  if (!was || !is) return is === undefined || is.required;
  const takesFewer = was.multiple === true && is.multiple !== true;
  return takesFewer || (is.required && !was.required) || (is.type !== was.type && is.type !== 'any');
}

/** Readers of an output that is gone, may be missing now, or is of another type, have to change. */
function breakingOutput(
  was: SkillDefinition['outputs'][number] | undefined,
  is: SkillDefinition['outputs'][number] | undefined,
): boolean {
  if (!was || !is) return is === undefined;
  return (was.required && !is.required) || (is.type !== was.type && was.type !== 'any');
}

function list<T extends Named>(
  part: ChangedPart,
  before: readonly T[],
  after: readonly T[],
  breaking: (was: T | undefined, is: T | undefined) => boolean,
): SkillChange[] {
  const earlier = new Map(before.map((one) => [one.name, one]));
  const later = new Map(after.map((one) => [one.name, one]));
  const names = [...new Set([...earlier.keys(), ...later.keys()])];
  return names.flatMap((name): SkillChange[] => {
    const was = earlier.get(name);
    const is = later.get(name);
    if (was && is && canonicalJson(was) === canonicalJson(is)) return [];
    const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    return [{ part, change, name, before: said(was), after: said(is), breaking: breaking(was, is) }];
  });
}

/** What is said of it besides its name: `text, optional: The question`. */
function said(one: Named | undefined): string | null {
  if (!one) return null;
  const {
    name: _,
    description,
    type,
    required,
    standsInFor,
    multiple,
    ...rest
  } = one as Named & {
    readonly description?: string;
    readonly type?: string;
    readonly required?: boolean;
    readonly standsInFor?: readonly string[];
    readonly multiple?: true;
  };
  const facts = [
    type,
    required === undefined ? undefined : required ? 'required' : 'optional',
    multiple ? 'several files' : undefined,
    standsInFor && standsInFor.length > 0 ? `stands in for ${standsInFor.join(', ')}` : undefined,
    Object.keys(rest).length > 0 ? canonicalJson(rest) : undefined,
  ].filter((fact) => fact !== undefined);
  return [facts.join(', '), description].filter((part) => part !== undefined && part !== '').join(': ');
}

function value(
  part: ChangedPart,
  before: string | boolean | undefined,
  after: string | boolean | undefined,
): SkillChange[] {
  if (before === after) return [];
  const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  const text = (one: string | boolean | undefined) => (one === undefined ? null : String(one));
  return [{ part, change, name: null, before: text(before), after: text(after), breaking: false }];
}
