import { graphError } from '../../../errors.ts';

const WRITING = /\b(?:CREATE|MERGE|SET|DELETE|REMOVE|DROP|FOREACH|LOAD)\b/i;
const QUOTED = /`(?:[^`]|``)*`|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|\$\w+|\.\s*\w+/g;
const REMEMBERED_TEXTS = 2_000;
const knownReads = new Set<string>();

/**
 * Refuses a writing text where only reading is meant: a read may be repeated by the engine, and one of the two would
 * carry it out without a word.
 *
 * @throws KAZE_GRAPH_STATEMENT
 */
export function checkReadOnly(text: string): void {
  if (knownReads.has(text)) return;
  const writing = WRITING.exec(text.replace(QUOTED, ' '));
  if (writing) {
    throw graphError(
      'KAZE_GRAPH_STATEMENT',
      `A read contains ${writing[0].toUpperCase()}; use a transaction to write.`,
    );
  }
  if (knownReads.size >= REMEMBERED_TEXTS) knownReads.clear();
  knownReads.add(text);
}

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,62}$/;

/** A name in schema statements, quoted. Names come from definitions; anything else is a defect and refused. */
export function quotedName(name: string): string {
  if (!NAME.test(name))
    throw graphError('KAZE_GRAPH_STATEMENT', `"${name}" cannot name an index, a label or a property.`);
  return `\`${name}\``;
}
