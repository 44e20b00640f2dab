/**
 * Words that say a number, in English and German: neither a template nor a model may write them by itself. Articles that
 * are also a number ("one", "ein") and ordinals are not among them.
 */
const ENGLISH =
  'two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundreds?|thousands?|[mb]illions?|dozens?|scores of|twice|thrice|doubl(?:ed?|es|ing)|twofold|\\p{L}+fold|tripl(?:ed?|es|ing)|quadrupl(?:ed?|es|ing)|hal(?:f|ves?|ved|ving)|(?:a|one) third|thirds|quarters? of|(?:a|one) quarter|couple of|per ?cent(?:age)?|zero';
const GERMAN =
  'zwei(?:mal)?|drei(?:mal)?|vier(?:mal)?|fünf(?:mal)?|sechs(?:mal)?|sieben|acht|neun|zehn|elf|zwölf|(?:drei|vier|fünf|sech|sieb|acht|neun)zehn|(?:\\p{L}+und)?(?:zwan|vier|fünf|sech|sieb|acht|neun)zig|(?:\\p{L}+und)?dreißig|\\p{L}*hundert\\p{L}*|tausend\\p{L}*|million(?:en)?|milliarden?|dutzend\\p{L}*|(?:ver)?doppelt\\p{L}*|verdoppel\\p{L}*|dreifach\\p{L}*|verdreifach\\p{L}*|halb(?:e[rsnm]?|iert\\p{L}*|ieren)?|hälfte|drittel|viertel|(?!ein|mehr|viel)\\p{L}+fach(?:e[rsnm]?)?|prozent\\p{L}*|null';
const WORDS = new RegExp(`(?<![\\p{L}\\p{N}])(?:${ENGLISH}|${GERMAN})(?![\\p{L}])`, 'giu');
const DIGITS = /[\p{N}%‰]+(?:[.,'\u00a0\u202f ]?\p{N}+)*/gu;

/** Everything in a text that says a number: digits of any script, fractions, per cent signs, number words. */
export function numbersIn(text: string): string[] {
  return [...(text.match(DIGITS) ?? []), ...(text.match(WORDS) ?? [])].map((one) => one.trim());
}

/** A number as a reader takes it, with its sign, currency and per cent sign: `-30`, `US$0.80`, `4,5 %`, "twelve". */
export const NUMBER = new RegExp(
  `(?:(?<![\\p{L}\\p{N}])[+\\-\u2212\u2013]?(?:[a-z]{0,2}\\p{Sc})?)?\\p{N}+(?:[.,'’\u00a0\u202f]\\p{N}+)*(?:[ \u00a0\u202f]?[%‰\\p{Sc}])?|${WORDS.source}`,
  'giu',
);
