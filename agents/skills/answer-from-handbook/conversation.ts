import type { Json, SkillInput } from '../handler.ts';

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

const LATEST = 8;

/** The latest eight turns of a thread, oldest first, from a list of texts or of `{ role, text | content }`. */
export function conversationOf(input: SkillInput | undefined): Turn[] {
  if (input?.kind !== 'json' || !Array.isArray(input.value)) return [];
  const turns = (input.value as readonly Json[]).flatMap((item): Turn[] => {
    if (typeof item === 'string') return [{ role: 'user', text: item }];
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return [];
    const { role, text, content } = item as { readonly [key: string]: Json };
    const words = typeof text === 'string' ? text : content;
    if (typeof words !== 'string' || words.trim() === '') return [];
    return [{ role: role === 'assistant' || role === 'agent' ? 'assistant' : 'user', text: words }];
  });
  return turns.slice(-LATEST);
}
