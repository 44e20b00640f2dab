/** What a word of English can be in the name of a thing. */
export interface WordForms {
  canEnd(word: string): boolean;
  canBegin(word: string): boolean;
  /** A form that is a verb's alone: "takes". */
  isVerb(word: string): boolean;
  /**
   * What words are where they stand in this sentence, lower case: "cost" in "What does it cost?" is a verb, "long" in
   * "How long is it?" describes.
   */
  within(sentence: string): { readonly verbs: ReadonlySet<string>; readonly describing: ReadonlySet<string> };
}

type Term = { readonly text: string; readonly tags: readonly string[] };
type Tagged = { terms: () => { json: () => ReadonlyArray<{ readonly terms: readonly Term[] }> } };
let tagger: ((text: string) => Tagged) | undefined;

/** Loads English parts of speech the first time (some .3 s); other languages go without. */
export async function loadWordForms(): Promise<WordForms> {
  tagger ??= (await import('compromise/two')).default as unknown as (text: string) => Tagged;
  const known = new Map<string, readonly string[]>();
  const tagsOf = (word: string): readonly string[] => {
    let tags = known.get(word);
    if (tags === undefined) {
      tags = tagger!(word).terms().json()[0]?.terms[0]?.tags ?? [];
      known.set(word, tags);
    }
    return tags;
  };
  // "scale" and "bridge" are verbs too, by their plain form; "matters" and "softened" are hardly anything else.
  const isPresent = (tags: readonly string[]) =>
    tags.includes('PresentTense') && !tags.includes('Infinitive') && !tags.includes('Gerund');
  const isVerbForm = (tags: readonly string[]) =>
    (tags.includes('PresentTense') && !tags.includes('Infinitive')) || tags.includes('PastTense');
  return {
    canEnd(word) {
      const tags = tagsOf(word);
      return (
        !isVerbForm(tags) && !['Adjective', 'Adverb', 'Preposition', 'Expression'].some((tag) => tags.includes(tag))
      );
    },
    canBegin(word) {
      const tags = tagsOf(word);
      return !isVerbForm(tags) && !tags.includes('Adverb');
    },
    isVerb: (word) => isPresent(tagsOf(word)),
    within(sentence) {
      const terms = tagger!(sentence)
        .terms()
        .json()
        .flatMap(({ terms: [term] }) => (term ? [term] : []));
      const isVerb = ({ tags }: Term) => tags.includes('Verb') && !tags.includes('Gerund');
      const describes = ({ tags }: Term) => tags.includes('Adjective') || tags.includes('Adverb');
      const words = (of: (term: Term) => boolean) => new Set(terms.filter(of).map(({ text }) => text.toLowerCase()));
      return { verbs: words(isVerb), describing: words(describes) };
    },
  };
}
