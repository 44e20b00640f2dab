import { conversationOf } from '../answer-from-handbook/conversation.ts';
import { skillErrors } from '../errors.ts';
import type { Json, SkillHandler, SkillInput, SkillResult } from '../handler.ts';
import { plainText } from '../read-input.ts';
import { languageOf } from '../text/languages.ts';
import { candidatesFrom, readCandidates } from './candidates.ts';
import { type Scored, scoreCandidates } from './score.ts';

/** Below this a question back is cheaper than a wrong hand-over. */
const ASK_BELOW = 0.5;
/** Below this the best candidate is no better than a guess, and nobody is named. */
const NOBODY_BELOW = 0.2;
const MOST_REQUEST_CHARS = 8_000;

/** Finds out whose a request is. Needs no model and gives the same answer every time. */
export const triageRequest: SkillHandler = {
  skill: 'triage-request',
  revision: 1,
  standIns: {},
  metrics: {
    candidates: 'Number of targets that were compared.',
    margin: "Confidence of the best target less the second's.",
  },
  async check(inputs) {
    requestOf(inputs.request);
    readCandidates(inputs.candidates);
  },
  async run(context): Promise<SkillResult> {
    const { inputs } = context;
    const request = requestOf(inputs.request);
    const given = readCandidates(inputs.candidates);
    const candidates = given.length > 0 ? given : candidatesFrom(await context.knowledge.items());
    // A short answer to a question back makes sense only with what it answers.
    const before = conversationOf(inputs.conversation).findLast(({ role }) => role === 'user')?.text;
    const text = before !== undefined && request.length < 40 ? `${before}\n${request}` : request;
    const isEnglish = !['de', 'fr', 'es', 'it', 'nl', 'pt', 'sv', 'da'].includes(languageOf(text));
    const scored = await scoreCandidates(text, { candidates, embed: isEnglish ? context.embed : undefined });
    const notes = [
      ...(candidates.length === 0
        ? ['No candidates were given and none stand in the knowledge (people, agents, skills).']
        : []),
      ...(context.embed && !isEnglish ? ['The request is not in English: meaning was not compared, only words.'] : []),
    ];
    return decide(scored, notes);
  },
};

function decide(scored: readonly Scored[], notes: readonly string[]): SkillResult {
  const [best, second] = scored;
  const confidence = round(best?.confidence ?? 0);
  const isNamed = best !== undefined && confidence >= NOBODY_BELOW;
  const likely = scored.filter((one) => one.confidence >= 0.05).slice(0, 3);
  const ask = confidence < ASK_BELOW;
  const outputs: Record<string, Json> = {
    target_kind: isNamed ? best.candidate.kind : 'none',
    target: isNamed ? best.candidate.name : null,
    confidence,
    alternatives: scored.slice(isNamed ? 1 : 0, isNamed ? 4 : 3).map(({ candidate, confidence: own }) => ({
      target_kind: candidate.kind,
      target: candidate.name,
      confidence: round(own),
    })),
    clarifying_question: ask ? questionFor(likely.length >= 2 ? likely : scored.slice(0, 3)) : null,
    reasoning: reasoningFor({ best, second, isNamed }),
  };
  return {
    summary: isNamed
      ? `${ask ? 'Perhaps' : 'Belongs to'} ${best.candidate.kind} ${best.candidate.name} (${Math.round(confidence * 100)} %).`
      : 'Nobody listed is clearly meant; a question back is proposed.',
    outputs,
    metrics: { candidates: scored.length, margin: round(confidence - (second?.confidence ?? 0)) },
    notes,
  };
}

function questionFor(options: readonly Scored[]): string {
  if (options.length === 0) return 'Who or what is this for, and what should happen?';
  const choices = options.map(({ candidate }) => `${candidate.name} (${firstSentence(candidate.description)})`);
  return `Which is it closest to: ${choices.join('; ')}; or something else?`;
}

function reasoningFor({ best, second, isNamed }: { best?: Scored; second?: Scored; isNamed: boolean }): string {
  if (best === undefined) return 'There was nobody to compare the request with.';
  const words =
    best.words.length > 0 ? `the words "${best.words.slice(0, 5).join('", "')}"` : 'closeness in meaning alone';
  const rival =
    second && second.confidence >= 0.05
      ? ` Next is ${second.candidate.name} with ${Math.round(second.confidence * 100)} %${second.words.length > 0 ? ` ("${second.words.slice(0, 3).join('", "')}")` : ''}.`
      : '';
  if (isNamed) return `${best.candidate.name} by ${words}.${rival}`;
  return `Nothing in the request points clearly to one of those listed; nearest is ${best.candidate.name}, by ${words}.${rival}`;
}

function requestOf(input: SkillInput | undefined): string {
  const text =
    input === undefined || input.kind === 'file' ? '' : input.kind === 'text' ? input.text : plainText(input.value);
  const request = text.trim();
  if (request !== '' && request.length <= MOST_REQUEST_CHARS) return request;
  const problem =
    request === ''
      ? 'is missing or empty; say what is asked'
      : `has ${request.length} characters, at most ${MOST_REQUEST_CHARS} are read; shorten it`;
  throw skillErrors(
    input === undefined ? 'KAZE_SKILL_INPUT_MISSING' : 'KAZE_SKILL_INPUT_INVALID',
    `triage-request: the input request ${problem}`,
    {
      fields: { skill: 'triage-request', input: 'request' },
    },
  );
}

const firstSentence = (text: string): string => text.split(/(?<=[.!?])\s/)[0]!.slice(0, 100);
const round = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 100) / 100;
