import type { Language } from '../text/languages.ts';

/** Words that open a question, by language. Only those with which a heading that is no question seldom begins. */
const OPENINGS: Readonly<Partial<Record<Language, RegExp>>> = {
  en: /^(?:how|what|why|when|where|which|who|whose|can|could|do|does|did|is|are|should|will|would)\s+\S+\s+\S+/i,
  de: /^(?:wie|was|warum|weshalb|wieso|wann|wo|wer|welche[rsmn]?|wieviel|kann|können|muss|darf|soll|lohnt|gibt|ist|sind|hat|brauche?)\s+\S+\s+\S+/i,
  fr: /^(?:comment|pourquoi|quand|combien|quel(?:le)?s?|qui|est-ce)\s+\S+/i,
  es: /^(?:¿|cómo|por qué|cuándo|cuánto|qué|quién|dónde|cuál)\s*\S+/i,
  it: /^(?:come|perché|quando|quanto|quale|chi|cosa|dove)\s+\S+/i,
  nl: /^(?:hoe|wat|waarom|wanneer|waar|welke?|wie|kan|moet)\s+\S+\s+\S+/i,
  pt: /^(?:como|por que|quando|quanto|qual|quem|onde)\s+\S+/i,
};

/** "How long does rye keep" and "Storage?" ask; "How we work" in a language that is not known does not. */
export function asksQuestion(heading: string, language: Language): boolean {
  const text = heading.trim().replace(/^(?:\d+[.)]|[-–•])\s*/, '');
  return /[?？]\s*$/.test(text) || (OPENINGS[language]?.test(text) ?? false);
}
