import { type Due, dueIn } from './due-dates.ts';
import { NameFinder } from './names.ts';
import type { Transcript, Utterance } from './transcript.ts';

export interface Item {
  readonly kind: 'decision' | 'action' | 'question';
  readonly text: string;
  readonly line: number;
  readonly speaker: string | null;
  /** No rule saw it; a model quoted it from the line. */
  readonly byModel?: boolean;
}

export interface ActionItem extends Item {
  readonly kind: 'action';
  readonly owner: string | null;
  readonly due: Due | null;
  /** What was said that made it one: a promise, an order, a request, an entry; or a model saw it. */
  readonly by: 'promise' | 'order' | 'request' | 'entry' | 'model';
}

export interface SpottedItems {
  readonly decisions: readonly Item[];
  readonly actions: readonly ActionItem[];
  readonly questions: readonly Item[];
}

const DECIDED =
  /\b(?:we(?:'ve| have)? (?:all )?(?:agreed|decided|resolved)|agreed to|(?:it is|it's|so it is|that is|that's) (?:decided|settled|agreed)|decision\s*:|resolved\s*:|everyone is in favou?r|all in favou?r|unanimous(?:ly)?|let(?:'s| us) go with|we(?:'ll| will) go with)\b|(?:decision|resolved)\s*:|\b(?:haben (?:wir )?(?:beschlossen|entschieden|vereinbart)|beschlossen|sind uns einig|ist (?:damit |also )?entschieden|steht (?:damit |also )?fest|einstimmig|wir machen das so|bleibt es dabei)\b|\b(?:beschluss|entscheidung)\s*:/i;
const NOT_DECIDED =
  /\b(?:not (?:yet )?(?:been )?(?:agreed|decided)|haven't (?:agreed|decided)|last (?:meeting|time|week)|previous|if|maybe|perhaps|should have|noch nicht|nicht (?:beschlossen|entschieden)|letzte[nrs]?|vorige[nrs]?|wenn|falls|vielleicht|schon)\b/i;
const OPEN =
  /\b(?:open question|still open|open point|(?:need|have) to (?:clarify|find out)|to be clarified|tbd|unclear)\b|\b(?:offene frage|noch offen|offener punkt|(?:noch|müssen|muss)\b.{0,20}\b(?:klären|herausfinden)|ist unklar|ungeklärt)/i;
const SHRUG =
  /^(?:(?:good|gute) (?:question|frage)|i (?:don't|do not) know|no idea|(?:i'm |i am )?not sure|we(?:'ll| will)? (?:have|need) to (?:find out|check|clarify)|we should find out|weiß ich (?:noch |auch )?nicht|ich weiß (?:es )?(?:noch |auch )?nicht|keine ahnung|das müssen wir|müssen wir (?:noch )?(?:klären|herausfinden|prüfen)|unklar)\b/i;
const AGREES =
  /^(?:sure|will do|yes,? (?:will do|i(?:'ll| will| can))|okay|ok|of course|no problem|consider it done|mache? ich|mach ich|klar|gern|ja,? (?:gern|mache? ich|klar)|wird gemacht|übernehme ich)\b/i;
const UNREAL =
  /\b(?:maybe|perhaps|might|if|would|we could|someone should|at some point|vielleicht|könnten|würde|würden|hätte|hätten|wenn|falls|irgendwann|eigentlich)\b/i;
const PAST =
  /\b(?:yesterday|last (?:week|month|time|friday|monday)|already|gestern|letzte[nrs]? (?:woche|monat|mal)|schon|bereits)\b/i;

/** Verbs that say how things are, not what someone does. */
const STATES_EN = 'be|have|see|hear|know|think|hope|need|like|miss|guess|wait and see|probably';
const STATES_DE = new Set(
  'bin habe war hatte hätte glaube denke meine finde weiß kann könnte will wollte würde möchte hoffe sehe höre verstehe fürchte vermute sage muss müsste darf soll sollte mag freue danke bitte schlage'.split(
    ' ',
  ),
);
const STATES_DE_THIRD = new Set(
  'hat ist war hatte wäre kann könnte will muss darf sagt meint glaubt denkt findet weiß möchte fehlt heißt bleibt geht kommt braucht steht'.split(
    ' ',
  ),
);

const I_WILL = new RegExp(
  String.raw`\bI(?:'ll| will|'m going to| am going to| can take (?:that|it|care of))\b(?! (?:${STATES_EN})\b)|\blet me\b(?= (?:send|check|draft|prepare|call|write|ask|find|update|book|collect))`,
  'i',
);
const WILL = new RegExp(
  String.raw`^(?:will|is going to|has to|needs to|takes care of|to)\s+(?!(?:${STATES_EN})\b)`,
  'i',
);
const REQUEST =
  /\b(?:can|could|would|will) you(?: please)?(?! (?:hear|see|believe|imagine))\b|\bplease\b|\b(?:kannst|könntest|würdest|magst) du\b(?! (?:mich|uns) (?:hören|sehen))|\b(?:können|könnten) sie\b(?! (?:mich|uns) (?:hören|sehen))|\bbitte\b/i;
const ENTRY = /^(?:action(?: item| point)?|to-?do|task|aufgabe|nächster schritt|next step|ai)\s*:\s*/i;

/** Finds decisions, actions and open questions, each once and with the line on which it was said. */
export function spotItems(
  transcript: Transcript,
  { people, day }: { people: readonly string[]; day: string | null },
): SpottedItems {
  const names = new NameFinder([...transcript.speakers, ...people]);
  const decisions: Item[] = [];
  const actions: ActionItem[] = [];
  const questions: Item[] = [];
  // Typewriter's and printer's apostrophe are one.
  const utterances = transcript.utterances.map((one) => ({ ...one, text: one.text.replaceAll('’', "'") }));
  utterances.forEach((said, at) => {
    const next = utterances[at + 1];
    const { speaker, line } = said;
    if (isOpenQuestion(said, next)) {
      questions.push({ kind: 'question', text: said.text, line, speaker });
      return;
    }
    for (const sentence of sentencesOf(said.text)) {
      if (isDecision(sentence)) {
        decisions.push({ kind: 'decision', text: sentence, line, speaker });
        continue;
      }
      const action = actionIn(sentence, { said, next, names });
      if (action)
        actions.push({ kind: 'action', text: sentence, line, speaker, ...action, due: dueIn(sentence, day) ?? null });
    }
  });
  return { decisions, actions, questions };
}

/** Cut behind full stops, but not behind ordinals ("20. März") and single letters. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?…])(?<!\b\d{1,2}\.)(?<!\b\p{L}\.)\s+(?=[\p{Lu}\d"„“(])/u)
    .map((one) => one.trim())
    .filter((one) => /\p{L}{2}/u.test(one));
}

function isDecision(sentence: string): boolean {
  return DECIDED.test(sentence) && !NOT_DECIDED.test(sentence) && !sentence.endsWith('?');
}

function isOpenQuestion({ text, speaker }: Utterance, next: Utterance | undefined): boolean {
  if (SHRUG.test(text) && text.length < 60) return false;
  if (OPEN.test(text) && !ENTRY.test(text)) return true;
  if (!/\?["”]?$/.test(text) || REQUEST.test(text)) return false;
  if (
    !/^(?:\p{L}+,\s+)?(?:so |und |and |but |aber )?(?:who|what|how|when|where|which|why|wer|was|wie|wann|wo|welche[rsnm]?|warum|wem|wen|wofür|womit)\b/iu.test(
      text,
    )
  )
    return false;
  return next !== undefined && next.speaker !== speaker && SHRUG.test(next.text);
}

interface Situation {
  readonly said: Utterance;
  readonly next: Utterance | undefined;
  readonly names: NameFinder;
}

function actionIn(sentence: string, { said, next, names }: Situation): Pick<ActionItem, 'owner' | 'by'> | undefined {
  const entry = ENTRY.exec(sentence);
  if (entry) return { owner: names.first(sentence.slice(entry[0].length)) ?? null, by: 'entry' };
  if (UNREAL.test(sentence.replace(/\b(?:könntest|würdest|could|would) (?:du|you)\b/i, '')) || PAST.test(sentence))
    return undefined;
  if (REQUEST.test(sentence)) return requested(sentence, { said, next, names });
  if (sentence.endsWith('?')) return undefined;
  if (promises(sentence)) return said.speaker === null ? undefined : { owner: said.speaker, by: 'promise' };
  const owner = names.leading(sentence);
  if (!owner) return undefined;
  return WILL.test(owner.rest) || germanOrder(owner.rest) ? { owner: owner.name, by: 'order' } : undefined;
}

/** A request to someone by name, or to whoever says yes to it next. */
function requested(sentence: string, { said, next, names }: Situation): Pick<ActionItem, 'owner' | 'by'> | undefined {
  const asked = names.addressed(sentence, said.speaker);
  if (asked) return { owner: asked, by: 'request' };
  const agrees = next && next.speaker !== null && next.speaker !== said.speaker && AGREES.test(next.text);
  return agrees && sentence.endsWith('?') ? { owner: next.speaker, by: 'request' } : undefined;
}

function promises(sentence: string): boolean {
  if (I_WILL.test(sentence)) return true;
  const german = /^(?:(?:gut|okay|ok|dann|ja|klar),?\s+)?(?:ich\s+(\p{L}+)|dann\s+(\p{L}+)\s+ich)\b\s*(.*)$/iu.exec(
    sentence,
  );
  if (!german) return false;
  const verb = (german[1] ?? german[2])!.toLowerCase();
  if (verb === 'werde') return !/\b(?:sein|haben|sehen|wissen)\W*$/i.test(german[3]!);
  return verb.endsWith('e') && !STATES_DE.has(verb) && german[3]!.split(/\s+/).length >= 2;
}

/** "schickt den Brief bis Freitag", "soll ... schicken", "wird ... schicken", "übernimmt ...". */
function germanOrder(rest: string): boolean {
  const verb = /^(\p{L}+)\b/u.exec(rest)?.[1]?.toLowerCase();
  if (verb === undefined) return false;
  if (verb === 'soll' || verb === 'wird' || verb === 'muss')
    return /\p{Ll}(?:en|ern|eln|tun)\W*$/u.test(rest) && !/\b(?:sein|haben)\W*$/i.test(rest);
  return verb.endsWith('t') && !STATES_DE_THIRD.has(verb) && rest.split(/\s+/).length >= 3;
}
