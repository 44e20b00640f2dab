import { nearestName } from '#platform';
import { type InputDefinition, MOST_OF_SEVERAL, namesOfInput, numberRepeated } from '../../definitions/index.ts';
import { agentError } from '../../errors.ts';
import type { Json } from '../../skills/handler.ts';
import { readAs } from './field-values.ts';

/** An input as it is kept on the Task node. */
export type KeptInput =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly value: Json }
  | { readonly kind: 'file'; readonly name: string; readonly bytes: number; readonly sha256: string };

export type KeptInputs = Readonly<Record<string, KeptInput>>;

export interface GivenInputs {
  /** By name, plain values; null counts as not given. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Names of inputs that come as files; of one that takes several as often as there are files. */
  readonly files: readonly string[];
}

/**
 * Checks what was given against what the skill declares and gives the plain values as they are kept. Errors:
 * KAZE_TASK_INPUT naming every problem at once.
 */
export function checkInputs(
  skill: string,
  declared: readonly InputDefinition[],
  { values, files }: GivenInputs,
): Record<string, KeptInput> {
  const problems: string[] = [];
  const kept: Record<string, KeptInput> = {};
  const names = declared.map(({ name }) => name);
  const every = declared.flatMap((input) =>
    namesOfInput(input).map((name, at) => ({ ...input, name, required: input.required && at === 0 })),
  );
  const given = Object.keys(values).filter((name) => values[name] !== undefined && values[name] !== null);
  for (const name of new Set([...given, ...files])) {
    if (every.some((input) => input.name === name)) continue;
    const nearest = nearestName(name, names);
    problems.push(`${JSON.stringify(name.slice(0, 80))} is no input${nearest ? `; did you mean ${nearest}?` : ''}`);
  }
  const asFiles = namesOfFiles(declared, files);
  for (const name of new Set(asFiles)) {
    const times = asFiles.filter((one) => one === name).length;
    if (times > 1) problems.push(`${name} takes one file, and ${times} were given`);
    if (given.includes(name)) problems.push(`${name} is given both as a value and as a file`);
  }
  for (const { name } of declared.filter(({ multiple }) => multiple)) {
    const times = files.filter((one) => one === name).length;
    if (times > MOST_OF_SEVERAL)
      problems.push(`${name} takes at most ${MOST_OF_SEVERAL} files, and ${times} were given`);
  }
  for (const { name, type, required } of every) {
    const isFile = asFiles.includes(name);
    if (isFile && !['any', 'text', 'file'].includes(type)) problems.push(`${name} takes a ${type}, not a file`);
    if (isFile) continue;
    if (!given.includes(name)) {
      if (required) problems.push(`${name} is missing`);
      continue;
    }
    if (type === 'file') {
      problems.push(`${name} takes a file; give it as an upload`);
      continue;
    }
    const read = readAs(type, values[name]);
    if ('problem' in read) problems.push(`${name} ${read.problem}`);
    else if (typeof read.value === 'string') kept[name] = { kind: 'text', text: read.value };
    else kept[name] = { kind: 'json', value: read.value };
  }
  if (problems.length === 0) return kept;
  throw agentError(
    'KAZE_TASK_INPUT',
    `${skill}: ${problems.join('; ')} (it takes ${names.join(', ') || 'no inputs'})`,
    {
      fields: { skill, problems, inputs: names },
    },
  );
}

/** What each of the files is kept as: a further one of an input that takes several is numbered. */
export function namesOfFiles(declared: readonly InputDefinition[], files: readonly string[]): string[] {
  return numberRepeated(files, (name) => declared.some((input) => input.name === name && input.multiple === true));
}
