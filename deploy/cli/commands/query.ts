import { configure, type Define } from '../command.ts';

export const define: Define = (command, cli) => {
  configure(command, {
    summary: 'run a GraphQL operation and print its answer',
    more: 'The answer is printed as the cell gives it, as JSON: {"data": …}, with "errors" where there are some (then the command does not end with 0).',
    examples: [
      'kaze query -e "{ me { name role } }"',
      'kaze query why.graphql --variables \'{"id": "019a…"}\'',
      'cat why.graphql | kaze query - --variables @variables.json',
    ],
  })
    .argument('[file]', 'file with the operation; - is standard input; a text with braces is the operation itself', '-')
    .option('-e, --expression <text>', 'the operation itself, instead of a file')
    .option('--variables <json>', 'variables as a JSON object, or @file')
    .action(async (file, options) => (await import('../query/query.ts')).query(cli, file, options));
};
