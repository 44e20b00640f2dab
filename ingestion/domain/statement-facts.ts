import { CONFIDENCE, type Fact } from './fact.ts';
import { sentencesOf } from './text-pieces.ts';

interface Grammar {
  /** Verbs after which a value stands. */
  readonly verb: RegExp;
  /** First words of sentences whose subject is not named in them. */
  readonly notFirst: ReadonlySet<string>;
  /** Words that make a subject a clause, or point elsewhere. */
  readonly notWithin: RegExp;
  /** First words of values that continue something else. */
  readonly notValue: RegExp;
}

const set = (words: string) => new Set(words.split(' '));

const ENGLISH: Grammar = {
  verb: /\s(must not|may not|should not|is not|are not|does not|do not|cannot|must|may|can|should|is|are|has|have|costs?|needs?|requires?|lasts?|runs?|starts?|ends?|opens?|closes?|lapses?|arrives?|means|belongs to|includes?|covers?|contains?|consists? of|takes?|gets?)\s+/,
  notFirst: set(
    'it its this that these those there here he she they we you i what who which when where why how if because although while as after before since unless whoever whatever once nobody everyone everybody someone anyone anything something everything nothing such both neither either one ones others another some most many all each later earlier then so but and or for in on at by with without during until from to under over no not yes please never always also only even otherwise however our your my his her their mine yours let do does did is are was were can could will would should may must have has',
  ),
  notWithin:
    /\b(?:which|that|who|whom|whose|if|when|where|because|while|than|latter|former|first|second|third|last|rest|same|ones?|others?|above|below|following|what|how|why|you|it|they|this|these|those|is|are|was|were|has|have|must|can|may|will|would|should|does|do)\b|[,;:!?()"“”]/i,
  notValue: /^(?:so|too|also|then|that|this|it|not|why|because|here|there|up|down|in which|as follows)\b(?! \w+ \w)/i,
};

const GERMAN: Grammar = {
  verb: /\s(darf nicht|dürfen nicht|muss|müssen|darf|dürfen|kann|können|ist|sind|hat|haben|kostet|kosten|beträgt|betragen|gilt|gelten|beginnt|beginnen|endet|enden|dauert|dauern|braucht|brauchen|erhält|erhalten|bedeutet|umfasst|gehört zu)\s+/,
  notFirst: set(
    'es dies diese dieser dieses das er sie wir ihr ich man was wer welche welcher wann wo warum wie wenn weil obwohl während als nach vor seit sobald falls niemand jemand alles nichts etwas solche beide keine kein andere einige manche viele jede jeder jedes später dann so aber und oder für in im an am bei beim mit ohne durch bis von vom zu zum zur unter über auf aus nicht ja bitte nie immer auch nur sonst jedoch unser unsere ihre sein seine hier dort da damit daher außerdem zudem',
  ),
  notWithin:
    /\b(?:dass|wenn|weil|wer|wo|als|ist|sind|hat|haben|wird|werden|muss|kann|erste|zweite|letzte|gleiche|andere|folgende)\b|[,;:!?()"„“]/i,
  notValue: /^(?:so|auch|dann|das|dies|es|hier|dort|wie folgt)\b(?! \w+ \w)/i,
};

const BASE_FORM = /^(?:cost|need|require|last|run|start|end|open|close|lapse|arrive|include|cover|contain|take|get)$/;
const MAX_SUBJECT_WORDS = 7;
const MAX_SENTENCE = 320;

/**
 * Sentences that say one thing of a subject they name: "Claims older than 90 days are not paid." Anything that leans on
 * its neighbours (pronouns, "the first", conditions before the subject) is left out: precision before recall.
 */
export function statementFacts(text: string, language: string): Fact[] {
  const grammars = /^de\b/.test(language) ? [GERMAN] : /^en\b/.test(language) ? [ENGLISH] : [ENGLISH, GERMAN];
  // A text too short to tell its language tells it by the verb; any other language has no grammar here.
  if (!/^(?:en|de|unknown)\b/.test(language)) return [];
  return text
    .split(/\n+/)
    .flatMap((line) => sentencesOf(line.replace(/^\s*(?:[-*•]|\d+[.)])\s+/, ''), language))
    .flatMap(({ text: sentence }) => {
      for (const grammar of grammars) {
        const found = statement(sentence.trim(), grammar);
        if (found.length > 0) return found;
      }
      return [];
    });
}

function statement(sentence: string, grammar: Grammar): Fact[] {
  if (sentence.length > MAX_SENTENCE || !/[.]$/.test(sentence) || !/^\p{Lu}/u.test(sentence)) return [];
  const verb = grammar.verb.exec(sentence);
  if (!verb) return [];
  const subject = sentence.slice(0, verb.index).trim();
  const value = sentence
    .slice(verb.index + verb[0].length)
    .replace(/\.$/, '')
    .trim();
  const words = subject.split(/\s+/);
  const first = words[0]!.toLowerCase();
  if (words.length > MAX_SUBJECT_WORDS || grammar.notFirst.has(first) || grammar.notWithin.test(subject)) return [];
  if (!/\p{L}{3}/u.test(subject) || value.length < 3 || grammar.notValue.test(value)) return [];
  // An adverb or a participle alone is no subject.
  if (words.length === 1 && /(?:ly|ing)$/.test(first)) return [];
  // "open", "last" or "end" are verbs after a plural only: "Accounts close at 18:00", not "The last salary is paid".
  if (BASE_FORM.test(verb[1]!) && !/s$/.test(words.at(-1)!)) return [];
  return [
    {
      subject,
      predicate: verb[1]!,
      value: value.slice(0, 2_000),
      text: sentence,
      confidence: CONFIDENCE.statement,
      pattern: 'statement',
    },
  ];
}

const KEY_VALUE = /^\s*(?:[-*•]\s+)?(?:\*\*)?(\p{Lu}[^:.!?;|\n]{1,59}?)(?:\*\*)?:\s+(\S[^\n]{0,299})$/gmu;
/** Words that introduce a list or speech rather than name a property. */
const NOT_KEY =
  /^(?:for example|example|note|notes|and|or|but|if|when|because|however|e\.g|z\.B|beispiel|hinweis|achtung|warning|important|https?|http)\b|\b(?:is|are|says?|said|asks?|following|these|this|sind|ist|folgende)$|\b(?:we|you|they|is|are|has|have|comes?|belongs?|must|may|can|wir|sie|haben|muss|kann)\b/i;

/** Lines of the form `Summer party: 2 July, from 15:00`, about what stands above them. */
export function keyValueFacts(text: string, about: string): Fact[] {
  if (about === '') return [];
  return [...text.matchAll(KEY_VALUE)].flatMap((match): Fact[] => {
    const key = match[1]!.trim();
    // What follows the first sentence is about something else.
    const value = sentencesOf(match[2]!, 'en')[0]!.text.trim().replace(/\.$/, '');
    if (NOT_KEY.test(key) || key.split(/\s+/).length > 8 || /^\d+$/.test(key)) return [];
    return [
      {
        subject: about,
        predicate: key,
        value,
        text: `${key}: ${value}`,
        confidence: CONFIDENCE['key-value'],
        pattern: 'key-value',
      },
    ];
  });
}
