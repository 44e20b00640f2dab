import { configure, type Define } from '../command.ts';

export const define: Define = (command, cli) => {
  configure(command, {
    summary: 'hold a conversation with an agent',
    more: [
      'Each line is a message; an empty one is passed over, /quit or the end of the input ends. @FILE in a line sends that',
      'file with it, @"A FILE" one with spaces in its name, NAME=@FILE one for the input of that name; a word with @ that',
      'names no file is text. The thread stays in the cell: go on with --conversation.',
    ].join('\n'),
    tenant: true,
    examples: [
      'kaze chat --tenant acme',
      'kaze chat --tenant acme --agent ops-assistant --conversation 019a…',
      'echo "Keyword research with @queries.csv" | kaze chat --tenant acme',
      'echo "Who approves travel?" | kaze chat --tenant acme --json',
    ],
  })
    .option('--agent <name>', 'the agent to talk to; the router chooses when left out')
    .option('--conversation <id>', 'go on with this thread')
    .action(async (options) => (await import('../conversation/chat.ts')).chat(cli, options));
};
