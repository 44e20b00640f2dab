import { type ByteSource, readDocument, sourceOf } from '#platform/formats';
import { namesOfInput } from '../definitions/index.ts';
import { skillErrors } from './errors.ts';
import type { SkillInput } from './handler.ts';

const MAX_TEXT_CHARS = 400_000;

/** The words of an input, whatever it was given as: text, a Markdown, HTML, PDF or text file, or JSON. */
export interface InputText {
  readonly text: string;
  /** Texts of headings, in order. */
  readonly headings: readonly string[];
  readonly truncated: boolean;
}

export function fileSource(input: Extract<SkillInput, { kind: 'file' }>): ByteSource {
  return { name: input.name, bytes: input.open() };
}

/**
 * Reads an input as text, at most 400,000 characters of it.
 * Errors: those of `readDocument`; KAZE_SKILL_INPUT_INVALID when it holds no words.
 */
export async function readInputText(name: string, input: SkillInput, signal?: AbortSignal): Promise<InputText> {
  const source =
    input.kind === 'file'
      ? fileSource(input)
      : sourceOf(`${name}.md`, input.kind === 'text' ? input.text : plainText(input.value));
  const subject = input.kind === 'file' ? `input ${name} (${input.name})` : `input ${name}`;
  if (input.kind !== 'file' && plainText(input.kind === 'text' ? input.text : input.value).trim() === '') {
    throw empty(subject);
  }
  const parts: string[] = [];
  const headings: string[] = [];
  let chars = 0;
  let truncated = false;
  for await (const block of readDocument(source, { onInvalid: 'replace', signal })) {
    if (chars + block.text.length > MAX_TEXT_CHARS) {
      truncated = true;
      break;
    }
    if (block.kind === 'heading') headings.push(block.text);
    parts.push(block.text);
    chars += block.text.length;
  }
  const text = parts.join('\n');
  if (!/\p{L}/u.test(text)) throw empty(subject);
  return { text, headings, truncated };
}

/** Strings and numbers of a JSON value, one a line. */
export function plainText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(plainText).filter(Boolean).join('\n');
  if (typeof value === 'object') return Object.values(value).map(plainText).filter(Boolean).join('\n');
  return String(value);
}

/** What was given for an input that takes several (`multiple: true`), in order, each with the name that it goes by. */
export function severalOf(
  inputs: Readonly<Record<string, SkillInput | undefined>>,
  name: string,
): Array<{ readonly name: string; readonly input: SkillInput }> {
  return namesOfInput({ name, multiple: true }).flatMap((one) => {
    const input = inputs[one];
    return input === undefined ? [] : [{ name: one, input }];
  });
}

/** Names of an input, also of a file of plain text. Errors: those of `readDocument`, for a file of another kind. */
export async function readNames(input: SkillInput | undefined, most: number): Promise<string[]> {
  if (input?.kind !== 'file') return namesOf(input, most);
  const parts: string[] = [];
  for await (const { text } of readDocument(fileSource(input), { format: 'text' })) parts.push(text);
  return namesOf({ kind: 'text', text: parts.join('\n') }, most);
}

/** Names of an input, one a line or between commas; none of a file. */
export function namesOf(input: SkillInput | undefined, most: number): string[] {
  if (input === undefined || input.kind === 'file') return [];
  const text = input.kind === 'text' ? input.text : plainText(input.value);
  return text
    .split(/[\n,;]+/)
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .slice(0, most);
}

function empty(subject: string): Error {
  return skillErrors('KAZE_SKILL_INPUT_INVALID', `${subject} has no words; describe it in a few sentences`, {
    fields: { subject },
  });
}
