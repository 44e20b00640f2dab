import type { SkillDefinition } from '../definitions/index.ts';
import { requireTools } from '../runtime/domain/required-tools.ts';
import type { SkillHandler } from '../skills/handler.ts';
import type { Draft, GivenFile } from './thread-state.ts';

export interface MissingInput {
  readonly name: string;
  readonly description: string;
  /** A file: it cannot be typed. */
  readonly isFile: boolean;
  /** The tool that it stands in for, when that is why it is needed. */
  readonly standsInFor?: string;
}

/**
 * What a draft still needs before it can be submitted: required inputs, and those that stand in for tools which are not
 * connected. The submission checks again and has the last word.
 */
export function missingInputs(
  definition: SkillDefinition,
  draft: Draft,
  by: { readonly tools: ReadonlySet<string>; readonly standIns: SkillHandler['standIns'] },
): MissingInput[] {
  const given = new Set([...Object.keys(draft.inputs), ...draft.files.map(({ input }) => input)]);
  const missing = new Map<string, MissingInput>();
  for (const { name, required, description, type } of definition.inputs) {
    if (required && !given.has(name)) missing.set(name, { name, description, isFile: type === 'file' });
  }
  const willBeGiven = new Set([...given, ...missing.keys()]);
  for (const tool of definition.toolsRequired.filter((one) => one.required)) {
    const alone = { ...definition, toolsRequired: [tool] };
    try {
      requireTools(alone, { available: by.tools, given: willBeGiven, standIns: by.standIns });
    } catch {
      const fromDefinition = definition.inputs.find(({ standsInFor }) => standsInFor.includes(tool.name))?.name;
      const name = by.standIns[tool.name]?.inputs[0] ?? fromDefinition;
      const input = definition.inputs.find((one) => one.name === name);
      // Nothing stands in for it: the submission says so.
      if (!input) continue;
      const { description, type } = input;
      missing.set(input.name, { name: input.name, description, isFile: type === 'file', standsInFor: tool.name });
      willBeGiven.add(input.name);
    }
  }
  return [...missing.values()];
}

const TABLE = /\.(csv|tsv|tab|xlsx?)$/iu;

/**
 * Files that came without a name are for the inputs that nothing is given for yet: those of type file before the others;
 * a table for what stands in for a tool (an export of it), any other file for what does not; required before optional
 * ones, in the order of the definition. What fits nowhere keeps no name, and the submission says so.
 */
export function placeFiles(
  definition: SkillDefinition,
  draft: Draft,
  standIns: SkillHandler['standIns'],
): readonly GivenFile[] {
  const given = new Set([...Object.keys(draft.inputs), ...draft.files.map(({ input }) => input)]);
  const open = definition.inputs.filter(({ name }) => !given.has(name));
  const exports = new Set(Object.values(standIns).flatMap(({ inputs }) => inputs));
  for (const { name, standsInFor } of open) if (standsInFor.length > 0) exports.add(name);
  return draft.files.map((file) => {
    if (file.input !== '') return file;
    const isTable = TABLE.test(file.upload.name);
    const distance = ({ name, type, required }: SkillDefinition['inputs'][number]) =>
      (type === 'file' ? 0 : 4) + (exports.has(name) === isTable ? 0 : 2) + (required ? 0 : 1);
    const [nearest] = open.toSorted((a, b) => distance(a) - distance(b));
    if (!nearest) return file;
    open.splice(open.indexOf(nearest), 1);
    return { ...file, input: nearest.name };
  });
}

const spoken = (name: string) => name.replaceAll(/[_-]/gu, ' ').toLowerCase();

/** `name: value` in a message, for names that the skill declares: from the name to the next one or the end. */
export function namedInputs(definition: SkillDefinition, text: string): Record<string, string> {
  const names = new Map(definition.inputs.map(({ name }) => [spoken(name), name]));
  if (names.size === 0) return {};
  const pattern = [...names.keys()].map((name) => name.replaceAll(' ', '[ _-]')).join('|');
  const marks = [...text.matchAll(new RegExp(`(?<=^|[\\s;,.!?])(${pattern})\\s*[:=]\\s*`, 'giu'))];
  return Object.fromEntries(
    marks.flatMap((mark, at) => {
      const end = marks[at + 1]?.index ?? text.length;
      const value = text
        .slice(mark.index + mark[0].length, end)
        .trim()
        .replace(/[;,]$/u, '')
        .trim();
      const name = names.get(spoken(mark[1]!));
      return name && value !== '' ? [[name, value]] : [];
    }),
  );
}
