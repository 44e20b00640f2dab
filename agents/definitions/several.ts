import type { InputDefinition } from './types.ts';

/** How many files an input takes at most that takes several. */
export const MOST_OF_SEVERAL = 20;

/** The first of several is called as the input is, the others `pages_2`, `pages_3` and so on. */
export const nameAmongSeveral = (input: string, at: number): string => (at === 1 ? input : `${input}_${at}`);

/** Names under which an input may be given: its own, and the numbered ones of one that takes several. */
export function namesOfInput({ name, multiple }: Pick<InputDefinition, 'name' | 'multiple'>): string[] {
  return Array.from({ length: multiple ? MOST_OF_SEVERAL : 1 }, (_, at) => nameAmongSeveral(name, at + 1));
}

/** Names in which one that comes again is numbered, as far as it may: `pages`, `pages` is `pages`, `pages_2`. */
export function numberRepeated(names: readonly string[], mayRepeat: (name: string) => boolean = () => true): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const at = (seen.get(name) ?? 0) + 1;
    seen.set(name, at);
    return mayRepeat(name) ? nameAmongSeveral(name, at) : name;
  });
}
