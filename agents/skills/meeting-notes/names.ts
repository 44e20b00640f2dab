/** Finds the people of a meeting in what was said: by full name, by first or by last name where only one has it. */
export class NameFinder {
  readonly #byWord = new Map<string, string>();
  readonly #pattern: RegExp | undefined;

  constructor(people: readonly string[]) {
    const full = [...new Set(people)];
    const taken = new Map<string, Set<string>>();
    for (const name of full) {
      const words = name.split(/\s+/);
      for (const form of new Set([name, words[0]!, words.at(-1)!]))
        taken.set(form, (taken.get(form) ?? new Set()).add(name));
    }
    for (const [form, names] of taken)
      if (names.size === 1 && form.length > 1) this.#byWord.set(form.toLowerCase(), [...names][0]!);
    // As written: "Maren holt Angebote ein" is not about Maren Holt.
    const forms = [...taken.keys()]
      .filter((form) => this.#byWord.has(form.toLowerCase()))
      .sort((a, b) => b.length - a.length)
      .map((form) => form.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    this.#pattern =
      forms.length === 0 ? undefined : new RegExp(`(?<![\\p{L}\\d])(?:${forms.join('|')})(?![\\p{L}\\d])`, 'u');
  }

  /** The person that a name means; undefined where nobody or several have it. */
  person(name: string): string | undefined {
    return this.#byWord.get(name.trim().toLowerCase());
  }

  first(text: string): string | undefined {
    const found = this.#pattern?.exec(text)?.[0];
    return found === undefined ? undefined : this.person(found);
  }

  /** The person with whom a sentence begins, and what it says of them. */
  leading(sentence: string): { readonly name: string; readonly rest: string } | undefined {
    const match = this.#pattern?.exec(sentence);
    if (
      !match ||
      !/^(?:(?:and|und|then|dann|so|okay|gut|also|herr|frau|mr|ms|mrs)\.?,?\s+)*$/i.test(sentence.slice(0, match.index))
    )
      return undefined;
    return { name: this.person(match[0])!, rest: sentence.slice(match.index + match[0].length).replace(/^,?\s+/, '') };
  }

  /** Someone else who is called by name at the beginning or the end of a sentence. */
  addressed(sentence: string, speaker: string | null): string | undefined {
    const names = [this.leading(sentence)?.name, this.#atEnd(sentence)];
    return names.find((name) => name !== undefined && name !== speaker);
  }

  #atEnd(sentence: string): string | undefined {
    const last = /,\s*([^,]{2,60}?)[?.!]*$/.exec(sentence)?.[1];
    return last === undefined ? undefined : this.person(last);
  }
}
