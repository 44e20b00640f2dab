import { type Define, leaf } from '../command.ts';

export const define: Define = (command, cli) => {
  leaf(command, {
    usage: 'list',
    summary: 'list agents, by name',
    tenant: 'only this client',
    page: true,
    examples: ['kaze agents list --tenant acme', 'kaze agents list --json'],
  }).action(async (options) => (await import('../agents/read.ts')).list(cli, options));

  leaf(command, {
    usage: 'show <agent>',
    summary: 'show an agent with its skills and last tasks',
    args: { agent: 'id or name' },
    tenant: 'client, where a name is not unique',
    examples: ['kaze agents show seo-strategist --tenant acme'],
  }).action(async (agent, options) => (await import('../agents/read.ts')).show(cli, agent, options));

  leaf(command, {
    usage: 'bind <definition>',
    summary: 'make an agent of a definition for a client',
    more: 'Role and knowledge are filled in for the client, each skill starts at its first level. One that is there keeps\nwhat it has earned.',
    args: { definition: 'name of the agent definition, such as content-marketing' },
    tenant: 'the client that it works for',
    examples: ['kaze agents bind content-marketing --tenant acme'],
  })
    .option('--name <name>', 'name of the agent there; that of the definition when left out')
    .action(async (definition, options) => (await import('../agents/bind.ts')).bind(cli, definition, options));

  leaf(command, {
    usage: 'pause <agent>',
    summary: 'stop an agent from taking tasks',
    more: 'What it is doing now goes on.',
    args: { agent: 'id or name' },
    tenant: 'client, where a name is not unique',
    examples: ['kaze agents pause seo-strategist --tenant acme --reason "wrong data"'],
  })
    .option('--reason <text>', 'why; shown to those who look')
    .action(async (agent, options) =>
      (await import('../agents/pause.ts')).setPaused(cli, { agent, paused: true }, options),
    );

  leaf(command, {
    usage: 'resume <agent>',
    summary: 'let a paused agent take tasks again',
    args: { agent: 'id or name' },
    tenant: 'client, where a name is not unique',
    examples: ['kaze agents resume seo-strategist --tenant acme'],
  }).action(async (agent, options) =>
    (await import('../agents/pause.ts')).setPaused(cli, { agent, paused: false }, options),
  );

  leaf(command, {
    usage: 'validate <file...>',
    summary: 'check definitions of agents, without a cell',
    more: 'Prints file:line:column, what was expected, and the nearest name. Ends with 2 when something is wrong.',
    args: { file: 'YAML files; - is standard input' },
    cell: false,
    examples: ['kaze agents validate agents/verticals/seo/agents/seo-strategist.yaml'],
  }).action(async (files, options) =>
    (await import('../definitions/validate.ts')).validate(cli, { kind: 'agent', files }, options),
  );
};
