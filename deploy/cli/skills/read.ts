import type { Cli } from '../cli.ts';
import type { CellOptions, PageOptions } from '../command.ts';
import { SkillDetail, SkillList, type SkillListQuery } from '../connection/operations.ts';
import { cliError } from '../errors.ts';
import { pageNote } from '../output/page.ts';
import { details, table } from '../output/table.ts';
import { harmless, wrap } from '../output/text.ts';
import { tenantOfScope } from '../output/values.ts';

type Row = SkillListQuery['skills']['nodes'][number];

export async function list(
  cli: Cli,
  options: CellOptions & PageOptions & { readonly vertical?: string },
): Promise<void> {
  const client = await cli.connect(options);
  const filter = options.vertical === undefined ? {} : { vertical: { some: { name: { eq: options.vertical } } } };
  const variables = { filter, first: options.limit, after: options.after };
  const { skills } = await client.execute(SkillList, variables, { signal: cli.terminal.signal });
  cli.result(options, skills, () => {
    if (skills.nodes.length === 0) return 'no skills';
    const columns = [
      { title: 'NAME', value: (row: Row) => row.name },
      { title: 'VERTICAL', value: (row: Row) => row.vertical?.name ?? '-' },
      { title: 'STATUS', value: (row: Row) => row.status },
      { title: 'VERSION', value: versionOf, right: true },
      { title: 'RISK', value: (row: Row) => row.current?.risk ?? '-' },
      { title: 'WHAT IT DOES', value: (row: Row) => row.description, flexible: true },
    ];
    return table(skills.nodes, columns, cli.width);
  });
  pageNote(cli, options, skills);
}

const versionOf = ({ current, pinned }: Row): string =>
  `${current?.number ?? '-'}${typeof pinned === 'number' ? ' pinned' : ''}`;

export async function show(cli: Cli, wanted: string, options: CellOptions): Promise<void> {
  const client = await cli.connect(options);
  const filter = { or: [{ id: { eq: wanted } }, { name: { eq: wanted } }] };
  const { skills } = await client.execute(SkillDetail, { filter }, { signal: cli.terminal.signal });
  const [skill] = skills.nodes;
  if (!skill) {
    throw cliError('KAZE_CLI_NOT_FOUND', `there is no skill "${wanted}"; kaze skills list shows them`, {
      skill: wanted,
    });
  }
  cli.result(options, skill, () => {
    const { current } = skill;
    const about = details([
      ['skill', skill.name],
      ['id', skill.id],
      ['vertical', skill.vertical?.name],
      ['status', skill.status],
      ['version', current && `${current.number} of ${skill.versions.totalCount}${pinned(skill)} (${current.hash})`],
      ['risk', current && `${current.risk}${current.irreversible ? ', irreversible' : ''}`],
      ['tools', current?.tools.nodes.map((tool) => tool.name).join(', ')],
      ['held by', skill.agents.edges.map(({ node, level }) => heldBy(node, level)).join('; ')],
    ]);
    const parts = [about, wrap(harmless(skill.description), cli.width ?? 100)];
    for (const part of ['inputs', 'outputs', 'criteria'] as const) {
      const text = current ? lines(current[part]) : '';
      if (text !== '') parts.push(`${part}\n${text}`);
    }
    return parts.join('\n\n');
  });
}

const pinned = (skill: { readonly pinned: number | null }): string =>
  typeof skill.pinned === 'number' ? ', pinned' : '';

const heldBy = (agent: { name: string; scope: string }, level: string | null): string =>
  `${agent.name} (${tenantOfScope(agent.scope)}${level ? `, ${level}` : ''})`;

interface Declared {
  readonly name?: string;
  readonly required?: boolean;
  readonly multiple?: boolean;
  readonly description?: string;
  readonly text?: string;
}

/** Compiled declarations, one a line: inputs and outputs have a name, criteria a text. */
function lines(declared: unknown): string {
  if (!Array.isArray(declared)) return '';
  return (declared as Declared[])
    .map(({ name, required, multiple, description, text }) => {
      const facts = [name !== undefined && required === false ? 'optional' : '', multiple ? 'several files' : ''];
      const said = facts.filter(Boolean).join(', ');
      const head = `${name ?? text ?? ''}${said === '' ? '' : ` (${said})`}`;
      return `  ${harmless(description ? `${head}: ${description}` : head)}`;
    })
    .join('\n');
}
