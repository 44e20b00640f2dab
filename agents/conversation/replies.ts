import type { Answer } from '../answering/index.ts';
import type { MissingInput } from './inputs.ts';
import type { Route } from './routing/router.ts';
import type { TeamAgent, TeamSkill } from './team.ts';

const firstSentence = (text: string) =>
  text
    .split(/(?<=[.!?:;])\s/u)[0]!
    .replace(/[.:;]$/u, '')
    .slice(0, 160);

export function helpText(agents: readonly TeamAgent[]): string {
  if (agents.length === 0) {
    return 'No agent works for this client yet. I answer questions from what has been written down; ask one.';
  }
  const lines = agents.flatMap((agent) => [
    `${agent.name}${agent.paused ? ' (paused)' : ''}: ${agent.role}`,
    ...agent.skills.map(({ name, description, status }) => {
      return `  - ${name}: ${firstSentence(description)}${status === 'declared' ? ' (declared, cannot run yet)' : ''}`;
    }),
  ]);
  return [
    'I answer questions from what has been written down, with the passages, and pass work on. What can be asked for:',
    ...lines,
    'Say what you need in your own words, ask a question, or say "status" to hear about the work of this thread.',
  ].join('\n');
}

export function answerText({ answer, sources }: Pick<Answer, 'answer' | 'sources'>): string {
  if (sources.length === 0) return answer;
  return `${answer}\n\n${sources.map(({ number, name }) => `[${number}] ${name || 'without a name'}`).join('\n')}`;
}

/** Two or three candidates; the answer is understood by place or name. */
export function choiceText(routes: readonly Route[], offersAnswer: boolean): string {
  const options = routes.map(({ skill, agent }, at) => {
    return `${at + 1}. ${skill.name}: ${firstSentence(skill.description)} (${agent.name})`;
  });
  if (offersAnswer) options.push(`${options.length + 1}. answer: look it up in what has been written down`);
  const lead = options.length === 1 ? 'Do you mean this?' : 'I am not sure what you want. Which is it?';
  return [
    lead,
    ...options,
    `Answer with ${options.length === 1 ? 'yes' : 'a number or a name'}, or say it differently.`,
  ].join('\n');
}

export function nothingFitsText(agents: readonly TeamAgent[]): string {
  const names = [...new Set(agents.flatMap(({ skills }) => skills.map(({ name }) => name)))];
  const known = names.length > 0 ? ` I know: ${names.join(', ')}.` : '';
  return `I do not see what this is for.${known} Say it in other words, or ask "what can you do?".`;
}

export function missingText(
  { name }: TeamSkill,
  missing: readonly MissingInput[],
  by: { readonly optional: readonly string[]; readonly tenant: string; readonly agent: string },
): string {
  const [asked] = missing;
  const lines = missing.map((input) => {
    const why = input.standsInFor ? ` (stands in for ${input.standsInFor}, which is not connected)` : '';
    return `  - ${input.name}${input.description ? `: ${input.description}` : ''}${why}`;
  });
  const file = `kaze tasks submit --agent ${by.agent} --client ${by.tenant} --skill ${name} --input ${asked!.name}=@FILE`;
  const how = asked!.isFile
    ? `${asked!.name} is a file; hand it in with: ${file}`
    : `Your next message is taken as ${asked!.name}. A file is better handed in with: ${file}`;
  return [
    `For ${name} I still need:`,
    ...lines,
    ...(by.optional.length > 0 ? [`Optional, as "name: value": ${by.optional.join(', ')}.`] : []),
    how,
    'Say "cancel" to drop it.',
  ].join('\n');
}

export function queuedText(agent: TeamAgent, skill: TeamSkill, task: string): string {
  const next =
    skill.level === 'autonomous' && !skill.definition?.irreversible
      ? 'Its outcome is delivered when it passes its checks.'
      : skill.level === 'sampling'
        ? 'Its outcome is delivered when it passes its checks, unless it is picked for a look by a person.'
        : `Its outcome waits for a person: \`kaze approve ${task}\` delivers it.`;
  return `Queued as task ${task}: ${agent.name} does ${skill.name}. ${next} I report here.`;
}

export function pausedText({ name, pausedReason }: TeamAgent): string {
  return `${name} takes no work at present: it is paused${pausedReason ? ` (${pausedReason})` : ''}. I can still answer questions.`;
}

export function declaredText({ name }: TeamSkill): string {
  return `${name} is declared, but nothing can run it yet: it has neither a handler nor a prompt. Nothing was queued.`;
}

export const CANCELLED = 'Dropped; nothing was queued.';
export const NOTHING_TO_CANCEL =
  'Nothing is open in this thread that I could drop. A task that is queued ends with `kaze tasks cancel ID`.';
export const APPROVAL =
  'I decide nothing and take no decisions here: use `kaze approve ID`, `kaze edit ID --file FILE` or `kaze reject ID --reason WHY`.';
export const THANKS = 'You are welcome.';
export const CANNOT_SAY =
  'This message was kept, but it could not be answered then, and I cannot tell whether its sender may still ask. Please send it again.';
