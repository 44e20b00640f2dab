import type { Embedder } from '#graph-schema';
import { contentHash, type Logger } from '#platform';
import { languageOf, wordsOf } from '../../skills/text/languages.ts';
import { scoreCandidates } from '../../skills/triage-request/score.ts';
import { specialistsFirst, type TeamAgent, type TeamSkill } from '../team.ts';

export interface Route {
  readonly agent: TeamAgent;
  readonly skill: TeamSkill;
  /** 0 to 1: how sure it is that the skill is meant, against the others and against none. */
  readonly confidence: number;
}

export interface Router {
  /** Every skill of the agents that a message can be for, best first. Deterministic. */
  route(text: string, agents: readonly TeamAgent[], signal?: AbortSignal): Promise<readonly Route[]>;
}

export interface RouterOptions {
  /** Meaning beside words; words alone without it, and for languages that it does not read. */
  readonly embedder?: Pick<Embedder, 'embed' | 'languages'>;
  readonly logger: Logger;
}

/** Steps of a conversation itself: an answer is given at once, triage is what the router does, a to-do follows from work. */
const BUILT_IN = ['answer-from-handbook', 'triage-request', 'to-do'];
/** A request says early what it wants; what follows are its inputs. */
const READ_CHARACTERS = 1_000;
const KEPT_VECTORS = 2_000;
const NAMED = 0.97;

/** Scores skills by what they say of themselves, with the same measure as the skill `triage-request`. */
export function createRouter({ embedder, logger }: RouterOptions): Router {
  const vectors = new Map<string, Float32Array>();

  async function remembered(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    const missing = [...new Set(texts)].filter((text) => !vectors.has(contentHash(text)));
    const made = missing.length > 0 ? await embedder!.embed(missing, signal) : [];
    if (vectors.size + missing.length > KEPT_VECTORS) vectors.clear();
    const fresh = new Map(missing.map((text, at) => [text, made[at]!]));
    // The request itself comes once; only what skills say of themselves is worth keeping.
    for (const [text, vector] of fresh) if (text !== texts[0]) vectors.set(contentHash(text), vector);
    return texts.map((text) => fresh.get(text) ?? vectors.get(contentHash(text))!);
  }

  return {
    async route(text, agents, signal) {
      const request = text.slice(0, READ_CHARACTERS);
      const said = ` ${wordsOf(request).join(' ')} `;
      const isSaid = (name: string) => said.includes(` ${wordsOf(name).join(' ')} `);
      const offers = offersOf(agents, isSaid);
      if (offers.length === 0) return [];
      const candidates = offers.map(({ skill }) => ({
        kind: 'skill' as const,
        name: skill.name,
        description: skill.description,
        examples: phrasesOf(skill),
      }));
      const language = languageOf(request);
      const isRead = language === 'unknown' || embedder?.languages.includes(language);
      const embed = embedder && isRead ? (texts: readonly string[]) => remembered(texts, signal) : undefined;
      const scored = await scoreCandidates(request, { candidates, embed }).catch((error: unknown) => {
        if (signal?.aborted || !embed) throw error;
        logger.warn({ err: error }, 'routing by words alone: the message could not be embedded');
        return scoreCandidates(request, { candidates });
      });
      return scored
        .map(({ candidate, confidence }) => {
          const offer = offers.find(({ skill }) => skill.name === candidate.name)!;
          return { ...offer, confidence: isSaid(candidate.name) ? Math.max(confidence, NAMED) : confidence };
        })
        .sort((a, b) => b.confidence - a.confidence || (a.skill.name < b.skill.name ? -1 : 1));
    },
  };
}

/** Each skill once, with the agent that would do it. */
function offersOf(
  agents: readonly TeamAgent[],
  isSaid: (name: string) => boolean,
): Array<{ agent: TeamAgent; skill: TeamSkill }> {
  const offers = new Map<string, { agent: TeamAgent; skill: TeamSkill }>();
  for (const agent of specialistsFirst(agents, isSaid)) {
    for (const skill of agent.skills) {
      if (!BUILT_IN.includes(skill.name) && !offers.has(skill.name)) offers.set(skill.name, { agent, skill });
    }
  }
  return [...offers.values()];
}

/** What a person may say who wants it: the things that always come out of it, by name. */
function phrasesOf({ name, definition }: TeamSkill): string[] {
  const outputs = (definition?.outputs ?? []).filter((output) => output.required && !PLAIN_OUTPUTS.has(output.name));
  return [name.replaceAll('-', ' '), ...outputs.map((output) => output.name.replaceAll('_', ' '))];
}

/** Outputs that most skills have tell none of them apart. */
const PLAIN_OUTPUTS = new Set([
  'reasoning',
  'summary',
  'figures',
  'data_issues',
  'model_card',
  'report',
  'status',
  'records',
]);
