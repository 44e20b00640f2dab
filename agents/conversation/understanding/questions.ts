import { languageOf, wordsOf } from '../../skills/text/languages.ts';
import { Stemmer } from '../../skills/text/stems.ts';

const ASKS =
  /^(who|whom|whose|what|whats|when|where|which|why|how|is|are|was|were|do|does|did|has|have|may|must|should|tell (me|us)|explain|describe|show me (the|our)|wer|wen|wem|wessen|was|wann|wo|wohin|woher|welche[rsmn]?|warum|wieso|wie|wieviele?|ist|sind|war|gibt es|darf|muss|hat|haben|erkläre?|sag (mir|uns))\b/u;
const REQUESTS = /^(please|bitte|(can|could|would|will) (you|someone|we|i) )/u;
const ASKS_WITHIN_REQUEST = /^((can|could|would|will) you |please )+(tell|explain|say|remind|describe)\b/u;
const MEANING =
  /^(what (is|are|does)|whats|why|how (does|do|is|are)|explain|define|was (ist|sind|bedeutet)|wie funktioniert)\b/u;

/** Whether a message asks for something to be told, in contrast to something to be done. */
export function isQuestion(text: string): boolean {
  const plain = wordsOf(text.slice(0, 500)).join(' ');
  if (ASKS_WITHIN_REQUEST.test(plain)) return true;
  if (REQUESTS.test(`${plain} `) && !/^can (we|i) /u.test(plain)) return false;
  return ASKS.test(plain) || /\?["'”’)\s]*$/u.test(text);
}

/** Whether it asks what something means: "what is keyword research?" wants no keyword research. */
export function asksForMeaning(text: string): boolean {
  return MEANING.test(wordsOf(text.slice(0, 500)).join(' '));
}

const GOES_ON = /^(and|or|but|what about|how about|also|und|oder|aber|was ist mit|wie ist es (mit|bei)|auch)\b/u;
const POINTS_BACK =
  /\b(it|its|they|them|their|that|those|these|this|he|she|same|there|er|sie|es|das|die|dort|dasselbe)\b/u;
const SHORT_WORDS = 8;
const FEW_STEMS = 2;

/** Whether a short message leans on the question before it: "and for part-timers?", "who approves that?". */
export function isFollowUp(text: string): boolean {
  const words = wordsOf(text);
  if (words.length === 0 || words.length > SHORT_WORDS) return false;
  const plain = words.join(' ');
  if (GOES_ON.test(plain)) return true;
  if (!POINTS_BACK.test(plain)) return false;
  return new Set(stemmerFor(text).stems(plain)).size <= FEW_STEMS;
}

/**
 * The follow-up with the content words of the question before it, those that it does not say itself: what is searched
 * for and answered in its place. Nothing cleverer: no word is replaced, so the person sees why a passage was found.
 */
export function withContext(text: string, previous: string): string {
  const stemmer = stemmerFor(previous);
  const said = new Set(stemmer.stems(text));
  const words = previous.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? [];
  const kept = words.filter((word) => {
    const lower = word.toLowerCase();
    return !stemmer.isStopWord(lower) && !said.has(stemmer.stem(lower)) && said.add(stemmer.stem(lower));
  });
  return kept.length === 0 ? text : `${text} (${kept.slice(0, 20).join(' ')})`;
}

/** Short questions are too short to tell their language: English, as most of them. */
function stemmerFor(text: string): Stemmer {
  const language = languageOf(text);
  return new Stemmer(language === 'unknown' ? 'en' : language);
}
