import type { Gateway } from '#gateway';
import { type Embedder, type GraphStore, type Principal, Tenant, tenantScope, Vertical } from '#graph-schema';
import { type Clock, didYouMean, type Logger } from '#platform';
import type { PassageSearch } from '../ports/passage-search.ts';
import { answerError } from './errors.ts';
import { type AnswerPassage, type AskModel, answerFromPassages } from './from-passages.ts';
import { readPassages } from './read-passages.ts';
import { languageNote } from './wording.ts';

export interface AnsweringOptions {
  readonly store: GraphStore;
  readonly search: PassageSearch;
  readonly gateway: Pick<Gateway, 'complete'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the embedder reads; default English. */
  readonly embedder?: Pick<Embedder, 'languages'>;
}

export interface Question {
  /** 1 to 2,000 characters. */
  readonly text: string;
  /** Only this client's knowledge, and the shared one; all that the principal may read when left out. */
  readonly tenant?: string;
  /** Passages to answer from, 1 to 50; default 12. */
  readonly limit?: number;
  /** Who asks for whom, for the account. */
  readonly agent?: string;
  readonly channel?: string;
}

export interface AskLimits {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface Answer {
  /** False when the graph does not hold the answer. */
  readonly known: boolean;
  readonly answer: string;
  /** `provider/name`. */
  readonly model: string;
  /** Passages of sources that it rests on. */
  readonly citations: ReadonlyArray<{ readonly number: number; readonly chunk: string; readonly quote: string }>;
  /** Knowledge that it rests on and that no passage of a source states: a vertical's practice, an accepted proposal. */
  readonly knowledge: ReadonlyArray<{ readonly number: number; readonly knowledge: string; readonly quote: string }>;
  /** Where each cited passage stands, for people: one line a number. */
  readonly sources: ReadonlyArray<{ readonly number: number; readonly name: string }>;
}

export interface Answering {
  /**
   * One search and one call to a model. Errors: KAZE_ASK_EMPTY, _TOO_LONG, _CLIENT_UNKNOWN, those of the graph and
   * KAZE_MODEL_*.
   */
  ask(principal: Principal, question: Question, limits?: AskLimits): Promise<Answer>;
}

export const MAX_QUESTION = 2_000;
/** Measured (bench/retrieval): of 100 answerable questions 9 are refused with 8 passages and 7 with 12. */
export const DEFAULT_DEPTH = 12;
const MAX_DEPTH = 50;

/**
 * Answers from what the asker may read, and says so when that holds no answer.
 *
 *     const answering = createAnswering({ store, search, gateway, clock, logger });
 *     const { known, answer, citations } = await answering.ask(me, { text: 'When are refunds paid?', tenant: 'acme' });
 */
export function createAnswering(options: AnsweringOptions): Answering {
  const { store, search, gateway, clock, logger, embedder } = options;

  async function scopesFor(principal: Principal, tenant: string | undefined): Promise<string[] | undefined> {
    if (tenant === undefined) return undefined;
    const [verticals, [known]] = await Promise.all([
      store.list(principal, Vertical, { limit: 1_000 }),
      store.list(principal, Tenant, { where: { name: { eq: tenant } }, limit: 1 }),
    ]);
    if (!known) throw await unknownClient(principal, tenant);
    return [tenantScope(tenant), 'platform', ...new Set(verticals.map(({ scope }) => scope))];
  }

  /** Without it a slip would be answered from what all clients share. Only names that the asker sees are told. */
  async function unknownClient(principal: Principal, tenant: string): Promise<Error> {
    const seen = (await store.list(principal, Tenant, { limit: 1_000 })).map(({ name }) => name).sort();
    const hint = seen.length > 3 ? didYouMean(tenant, seen) : seen.length > 0 ? `; there is ${seen.join(', ')}` : '';
    const shown = tenant.slice(0, 63);
    return answerError('KAZE_ASK_CLIENT_UNKNOWN', `there is no client "${shown}"${hint}`, {
      fields: { tenant: shown },
    });
  }

  return {
    async ask(principal, question, limits = {}) {
      const text = question.text.trim();
      if (text === '') throw answerError('KAZE_ASK_EMPTY', 'the question is empty');
      if (text.length > MAX_QUESTION) {
        throw answerError(
          'KAZE_ASK_TOO_LONG',
          `the question has ${text.length} characters, at most ${MAX_QUESTION} can be searched for`,
          { fields: { length: text.length, max: MAX_QUESTION } },
        );
      }
      const { signal, timeoutMs } = limits;
      const began = clock.now();
      const limit = Math.min(Math.max(Math.trunc(question.limit ?? DEFAULT_DEPTH), 1), MAX_DEPTH);
      const scopes = await scopesFor(principal, question.tenant);
      const hits = await search.search(principal, { text, types: ['Chunk', 'Knowledge'], limit, scopes, signal });
      const passages = (await readPassages(store, principal, hits, { signal })).slice(0, limit);
      const model: AskModel = (request) =>
        gateway.complete(
          {
            ...request,
            taskType: 'ask',
            limits: { ...request.limits, ...(timeoutMs ? { timeoutMs } : {}) },
            attribution: {
              tenant: question.tenant ?? principal.tenant ?? 'platform',
              agent: question.agent ?? 'ask',
              task: null,
              skillVersion: null,
              channel: question.channel ?? null,
            },
          },
          { signal },
        );
      const answer = await answerFromPassages(model, text, passages);
      logger.debug(
        { known: answer.known, passages: passages.length, model: answer.model, tookMs: clock.now() - began },
        'a question was answered',
      );
      const note = languageNote(text, embedder?.languages ?? ['en']);
      return {
        known: answer.known,
        answer: note ? `${answer.text}\n\n${note}` : answer.text,
        model: answer.model,
        citations: answer.citations.flatMap(({ number, passage, quote }) =>
          passage.type === 'Chunk' ? [{ number, chunk: passage.id, quote }] : [],
        ),
        knowledge: answer.citations.flatMap(({ number, passage, quote }) =>
          passage.type === 'Knowledge' ? [{ number, knowledge: passage.id, quote }] : [],
        ),
        sources: sourcesOf(answer.citations),
      };
    },
  };
}

function sourcesOf(
  citations: ReadonlyArray<{ readonly number: number; readonly passage: AnswerPassage }>,
): Answer['sources'] {
  const names = new Map(
    citations.map(({ number, passage: { title, source } }) => [number, [source, title].filter(Boolean).join(' › ')]),
  );
  return [...names].map(([number, name]) => ({ number, name }));
}
