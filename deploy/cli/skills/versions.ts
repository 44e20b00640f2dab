import { findAgent } from '../agents/find.ts';
import type { Cli } from '../cli.ts';
import { type CellOptions, type TenantOptions, tenantFrom } from '../command.ts';
import {
  SkillDiff,
  type SkillDiffQuery,
  SkillPin,
  type SkillPinnedFragment,
  SkillRollback,
  SkillUnpin,
  SkillVersionList,
  type SkillVersionListQuery,
} from '../connection/operations.ts';
import { cliError } from '../errors.ts';
import { table } from '../output/table.ts';
import { harmless, oneLine } from '../output/text.ts';
import { localTime, plural, tenantOfScope } from '../output/values.ts';

type Skill = SkillVersionListQuery['skills']['nodes'][number];
type Version = Skill['versions']['nodes'][number];
type Change = SkillDiffQuery['skillDiff']['changes'][number];

export type VersionsOptions = CellOptions & { readonly limit: number };
export type PinOptions = CellOptions & TenantOptions & { readonly agent?: string; readonly reason?: string };

export async function versions(cli: Cli, wanted: string, options: VersionsOptions): Promise<void> {
  const client = await cli.connect(options);
  const filter = { or: [{ id: { eq: wanted } }, { name: { eq: wanted } }] };
  const variables = { filter, first: options.limit };
  const { skills } = await client.execute(SkillVersionList, variables, { signal: cli.terminal.signal });
  const [skill] = skills.nodes;
  if (!skill) {
    throw cliError('KAZE_CLI_NOT_FOUND', `there is no skill "${wanted}"; kaze skills list shows them`, {
      skill: wanted,
    });
  }
  cli.result(options, skill, () => {
    const columns = [
      { title: 'VERSION', value: (row: Version) => String(row.number), right: true },
      { title: 'USE', value: (row: Version) => useOf(skill, row) },
      { title: 'SINCE', value: (row: Version) => localTime(row.createdAt) },
      {
        title: 'HANDLER',
        value: (row: Version) => (row.handlerRevision === null ? 'a model' : `revision ${row.handlerRevision}`),
      },
      { title: 'RISK', value: (row: Version) => row.risk },
      { title: 'TASKS', value: (row: Version) => String(row.tasks.totalCount), right: true },
      { title: 'HASH', value: (row: Version) => row.hash.slice(0, 12) },
    ];
    const shown = table(skill.versions.nodes, columns, cli.width);
    const more = skill.versions.totalCount - skill.versions.nodes.length;
    return more > 0 ? `${shown}\n${plural(more, 'older version')} not shown; --limit shows more` : shown;
  });
}

/** `in use`, `pinned`, and the agents that keep to it. */
function useOf({ current, pinned }: Skill, { number, pinnedBy }: Version): string {
  const agents = pinnedBy.nodes.map(({ name, scope }) => `${name} (${tenantOfScope(scope)})`);
  const present = current?.number === number ? [pinned === number ? 'in use, pinned' : 'in use'] : [];
  return [...present, ...agents].join(', ') || '-';
}

export interface WantedDiff {
  readonly skill: string;
  readonly from?: number;
  readonly to?: number;
}

export async function diff(cli: Cli, wanted: WantedDiff, options: CellOptions): Promise<void> {
  const client = await cli.connect(options);
  const { skillDiff } = await client.execute(SkillDiff, wanted, { signal: cli.terminal.signal });
  cli.result(options, skillDiff, () => {
    const { skill, from, to, changes, unified } = skillDiff;
    const head = `${skill.name}: version ${from.number} (${localTime(from.createdAt)}) and ${to.number} (${localTime(to.createdAt)})`;
    if (changes.length === 0 && unified === '') return `${head} say the same`;
    const lines = changes.map((change) => describe(cli, change));
    return [
      head,
      '',
      ...lines,
      '',
      ...unified
        .trimEnd()
        .split('\n')
        .map((line) => painted(cli, line)),
    ].join('\n');
  });
}

const MARK = { added: '+', removed: '-', changed: '~' } as const;

/** `+ input competitors (list, optional: Known competitors)`, marked where it breaks something. */
function describe(cli: Cli, { part, change, name, before, after, breaking }: Change): string {
  const what = [part, name].filter(Boolean).join(' ');
  const values =
    change === 'changed' && (before ?? '').length + (after ?? '').length < 160
      ? `: ${before || 'nothing'} -> ${after || 'nothing'}`
      : change === 'added' && after && name !== null
        ? ` (${after})`
        : '';
  const note = breaking ? cli.style('  breaks tasks or readers that fitted before', 'yellow') : '';
  return `${MARK[change]} ${oneLine(`${what}${values}`)}${note}`;
}

function painted(cli: Cli, line: string): string {
  const text = harmless(line);
  if (/^(\+\+\+|---|===)/.test(text)) return cli.style(text, 'bold');
  if (text.startsWith('+')) return cli.style(text, 'green');
  if (text.startsWith('-')) return cli.style(text, 'red');
  return text;
}

export async function pin(cli: Cli, wanted: { skill: string; version: number }, options: PinOptions): Promise<void> {
  const { input, client, signal } = await target(cli, wanted.skill, options);
  const { pinSkill } = await client.execute(SkillPin, { input: { ...input, version: wanted.version } }, { signal });
  cli.result(options, pinSkill, () => `${whose(pinSkill)} version ${pinSkill.version.number} from now on${UNTIL}`);
}

export async function unpin(cli: Cli, skill: string, options: PinOptions): Promise<void> {
  const { input, client, signal } = await target(cli, skill, options);
  const { unpinSkill } = await client.execute(SkillUnpin, { input }, { signal });
  cli.result(
    options,
    unpinSkill,
    () => `${whose(unpinSkill)} version ${unpinSkill.version.number}, and those that come`,
  );
}

export async function rollback(cli: Cli, skill: string, options: PinOptions): Promise<void> {
  const { input, client, signal } = await target(cli, skill, options);
  const { rollbackSkill } = await client.execute(SkillRollback, { input }, { signal });
  cli.result(
    options,
    rollbackSkill,
    () => `${whose(rollbackSkill)} version ${rollbackSkill.version.number} again${UNTIL}`,
  );
}

const UNTIL = '; kaze skills unpin lets it follow the newest. Tasks that are queued or running finish on theirs';

const whose = ({ skill, agent }: SkillPinnedFragment): string =>
  agent
    ? `new tasks of ${agent.name} (${tenantOfScope(agent.scope)}) run ${skill.name}`
    : `new tasks of all agents run ${skill.name}`;

async function target(cli: Cli, skill: string, options: PinOptions) {
  const { signal } = cli.terminal;
  const client = await cli.connect(options);
  if (options.agent === undefined && tenantFrom(options) !== undefined) {
    throw cliError('KAZE_CLI_USAGE', '--tenant says whose agent --agent names; give --agent, or leave both out');
  }
  const agent =
    options.agent === undefined ? undefined : await findAgent(client, options.agent, { ...options, signal });
  return { input: { skill, agent, reason: options.reason }, client, signal };
}
