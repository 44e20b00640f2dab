import { type Language, languageOf } from '../skills/text/languages.ts';

const UNKNOWN: Readonly<Partial<Record<Language, string>>> = {
  en: 'I do not know: nothing that I may read answers this question.',
  de: 'Das weiß ich nicht: Nichts von dem, was ich lesen darf, beantwortet diese Frage.',
  fr: 'Je ne sais pas : rien de ce que je peux lire ne répond à cette question.',
  es: 'No lo sé: nada de lo que puedo leer responde a esta pregunta.',
  it: 'Non lo so: niente di ciò che posso leggere risponde a questa domanda.',
};

const BY_WORDS_ONLY: Readonly<Partial<Record<Language, string>>> = {
  de: 'Hinweis: Gesucht wurde vor allem nach den Wörtern der Frage, denn das eingerichtete Einbettungsmodell kann kein Deutsch. Andere Wörter für dasselbe kann es übersehen.',
  fr: 'Remarque : la recherche s’est faite surtout par les mots de la question, car le modèle de plongement configuré ne connaît pas le français.',
  es: 'Nota: se buscó sobre todo por las palabras de la pregunta, porque el modelo de incrustación configurado no conoce el español.',
  it: 'Nota: la ricerca è stata fatta soprattutto con le parole della domanda, perché il modello di embedding configurato non conosce l’italiano.',
};
const BY_WORDS_ONLY_OTHERWISE =
  'Note: this was searched mostly by the words of the question, because the configured embedding model does not read its language.';

/** Says in the question's language that there is no answer; in English where we have no words for it. */
export function unknownAnswer(question: string): string {
  return UNKNOWN[languageOf(question)] ?? UNKNOWN.en!;
}

/** What the asker should know when the embedder does not read the question's language; undefined when it does. */
export function languageNote(question: string, embedderLanguages: readonly string[]): string | undefined {
  const language = languageOf(question);
  if (language === 'unknown' || embedderLanguages.includes(language)) return undefined;
  return BY_WORDS_ONLY[language] ?? BY_WORDS_ONLY_OTHERWISE;
}
