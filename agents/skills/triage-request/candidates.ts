import { skillErrors } from '../errors.ts';
import type { Json, KnowledgeItem, SkillInput } from '../handler.ts';

export const KINDS = ['agent', 'skill', 'person'] as const;
export type TargetKind = (typeof KINDS)[number];

/** Who or what a request may go to. */
export interface Candidate {
  readonly kind: TargetKind;
  /** Name of the agent or skill, id of the person. */
  readonly name: string;
  /** What it does, one sentence or a few. */
  readonly description: string;
  /** Requests that belong to it. */
  readonly examples: readonly string[];
}

const MOST = 500;

/**
 * The list of `{ kind, name, description, examples? }` that the caller can reach.
 * Errors: KAZE_SKILL_INPUT_INVALID with the place of the first entry that is none.
 */
export function readCandidates(input: SkillInput | undefined): Candidate[] {
  if (input === undefined) return [];
  const value = input.kind === 'json' ? input.value : input.kind === 'text' ? parse(input.text) : undefined;
  if (!Array.isArray(value)) throw invalid('is no list; give a JSON list of { kind, name, description, examples }');
  if (value.length > MOST)
    throw invalid(`has ${value.length} entries, at most ${MOST} are compared; leave out those that cannot be meant`);
  return (value as readonly Json[]).map((entry, at) => readCandidate(entry, at + 1));
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw invalid('is no JSON; give a list of { kind, name, description, examples }');
  }
}

function readCandidate(entry: Json, place: number): Candidate {
  const fields =
    typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? (entry as Record<string, Json>) : {};
  const { kind, name, description, examples } = fields;
  const known = KINDS.find((one) => one === kind);
  if (known === undefined) throw invalid(`entry ${place} has no kind of ${KINDS.join(', ')}`);
  if (typeof name !== 'string' || name.trim() === '') throw invalid(`entry ${place} has no name`);
  if (typeof description !== 'string') throw invalid(`entry ${place} ("${name.slice(0, 60)}") has no description`);
  const texts = Array.isArray(examples) ? examples.filter((one): one is string => typeof one === 'string') : [];
  return { kind: known, name, description, examples: texts.slice(0, 50) };
}

/**
 * People, agents and skills written down as knowledge: items whose path has a part `people`, `agents` or `skills`, such as
 * `client/acme/people/p-maria`; the last part is the name.
 */
export function candidatesFrom(items: readonly KnowledgeItem[]): Candidate[] {
  return items.flatMap((item): Candidate[] => {
    const parts = item.path?.split('/') ?? [];
    const at = parts.findIndex((part) => part in FOLDERS);
    const name = parts.at(-1);
    if (at < 0 || at === parts.length - 1 || !name) return [];
    return [{ kind: FOLDERS[parts[at]!]!, name, description: `${item.title}. ${item.text}`, examples: [] }];
  });
}

const FOLDERS: Readonly<Record<string, TargetKind>> = { people: 'person', agents: 'agent', skills: 'skill' };

function invalid(problem: string): Error {
  return skillErrors('KAZE_SKILL_INPUT_INVALID', `triage-request: the input candidates ${problem}`, {
    fields: { skill: 'triage-request', input: 'candidates' },
  });
}
