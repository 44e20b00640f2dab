import type { FollowUp, Json, Team } from '../handler.ts';
import { scoreCandidates } from '../triage-request/score.ts';
import { NameFinder } from './names.ts';

const SURE = 0.5;
const MOST_CHARS = 4_000;

/**
 * A task for each action: for an agent that was named, with the skill that fits what is to be done and takes it as its one
 * needed input; for a person else, as a to-do. Somebody unknown is told in words, and any reviewer may tick it off.
 */
export async function followUpsOf(outputs: Readonly<Record<string, Json>>, team: Team): Promise<FollowUp[]> {
  const actions = Array.isArray(outputs.actions) ? (outputs.actions as ReadonlyArray<Record<string, Json>>) : [];
  const people = new NameFinder(team.people.map(({ name }) => name));
  const made: FollowUp[] = [];
  for (const [at, action] of actions.entries()) {
    const text = String(action.text ?? '').slice(0, MOST_CHARS);
    if (!/\p{L}/u.test(text)) continue;
    const owner = typeof action.owner === 'string' ? action.owner : undefined;
    const key = `${String(action.line ?? '')}:${at}`;
    const order = owner === undefined ? undefined : await forAgent(text, { owner, team });
    made.push(order ? { key, ...order } : { key, ...forPerson(text, { action, owner, team, people }) });
  }
  return made;
}

async function forAgent(
  text: string,
  { owner, team }: { owner: string; team: Team },
): Promise<Omit<FollowUp, 'key'> | undefined> {
  const agent = team.agents.find(({ name }) => name === owner.toLowerCase());
  if (!agent) return undefined;
  const fitting = agent.skills.flatMap((skill) => {
    const needed = skill.inputs.filter(({ required }) => required);
    const takesText = needed.length === 1 && ['text', 'any'].includes(needed[0]!.type) && skill.name !== 'to-do';
    return takesText ? [{ ...skill, input: needed[0]!.name }] : [];
  });
  const named = fitting.find(
    ({ name }) => text.toLowerCase().includes(name) || text.toLowerCase().includes(name.replaceAll('-', ' ')),
  );
  const candidates = fitting.map(({ name, description }) => ({
    kind: 'skill' as const,
    name,
    description,
    examples: [],
  }));
  const [best] = named || candidates.length === 0 ? [] : await scoreCandidates(text, { candidates });
  const chosen =
    named ?? (best && best.confidence >= SURE ? fitting.find(({ name }) => name === best.candidate.name) : undefined);
  return chosen && { agent: agent.name, skill: chosen.name, inputs: { [chosen.input]: text } };
}

interface Situation {
  readonly action: Record<string, Json>;
  readonly owner: string | undefined;
  readonly team: Team;
  readonly people: NameFinder;
}

function forPerson(text: string, { action, owner, team, people }: Situation): Omit<FollowUp, 'key'> {
  const name = owner && people.person(owner);
  const same = team.people.filter((one) => one.name === name);
  const asked = same.length === 1 ? same[0]!.id : undefined;
  const due = typeof action.due === 'string' ? action.due : undefined;
  const origin = `${String(action.file ?? 'meeting')}, line ${String(action.line ?? '?')}`;
  return {
    skill: 'to-do',
    inputs: { what: text, origin, ...(owner ? { owner } : {}), ...(due ? { due } : {}) },
    ...(asked ? { askedOf: asked } : {}),
  };
}
