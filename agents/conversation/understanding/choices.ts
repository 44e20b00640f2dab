import { nearestName } from '#platform';
import { wordsOf } from '../../skills/text/languages.ts';

const PLACES: ReadonlyArray<readonly string[]> = [
  ['1', 'first', '1st', 'one', 'former', 'erste', 'ersten', 'erstes', 'eins', 'a'],
  ['2', 'second', '2nd', 'two', 'zweite', 'zweiten', 'zweites', 'zwei', 'b'],
  ['3', 'third', '3rd', 'three', 'dritte', 'dritten', 'drittes', 'drei', 'c'],
];
const NONE = /^(none|neither|no|nope|nothing|something else|other|another|keine[rsn]?|nein|nichts|etwas anderes)\b/u;
const YES = /^(yes|yep|yeah|sure|ok|okay|right|exactly|please do|do it|ja|genau|gern|bitte)\b/u;
const LAST = /^(the )?(last|latter|letzte[rsn]?)( one)?$/u;
const LONGEST = 8;

/**
 * The place of the option that an answer means, from 0; `none` when it refuses them all; undefined when it is no answer
 * to the question but something new.
 *
 * @param names of the options, in the order in which they were offered
 */
export function choiceIn(text: string, names: readonly string[]): number | 'none' | undefined {
  const words = wordsOf(text);
  if (words.length === 0 || words.length > LONGEST) return undefined;
  const plain = words.join(' ');
  const named = names.findIndex((name) => plain.includes(wordsOf(name).join(' ')));
  if (named >= 0) return named;
  if (NONE.test(plain)) return 'none';
  if (LAST.test(plain)) return names.length - 1;
  if (names.length === 1 && YES.test(plain)) return 0;
  const meant = words.filter((word) => !FILLERS.has(word));
  const telling = meant.length > 1 ? meant.filter((word) => word !== 'one') : meant;
  if (telling.length === 1) {
    const place = PLACES.findIndex((forms) => forms.includes(telling[0]!));
    if (place >= 0 && place < names.length) return place;
  }
  const nearest = nearestName(words.join('-'), names) ?? nearestName(telling.join('-'), names);
  return nearest === undefined ? undefined : names.indexOf(nearest);
}

/** "The second one": here "one" counts nothing. */
const FILLERS = new Set(
  'the please option number no nr i mean take do it that der die das bitte nummer ich meine'.split(' '),
);
