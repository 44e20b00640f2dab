import { InvalidArgumentError, Option } from 'commander';
import { collect, type Define, leaf, wholeNumber } from '../command.ts';

const TYPES = ['Knowledge', 'Chunk', 'Entity', 'Skill', 'Outcome'] as const;

export const define: Define = (command, cli) => {
  leaf(command, {
    usage: 'search <words...>',
    summary: 'find knowledge and passages by words and meaning',
    args: { words: 'words or a question' },
    tenant: 'only this client and what is shared',
    examples: [
      'kaze knowledge search annual leave --tenant acme',
      'kaze knowledge search "title tags" --vertical seo --type Knowledge --json',
    ],
  })
    .option('--vertical <name>', 'only of this field of business')
    .addOption(
      new Option('--type <type>', `only this type, may be repeated: ${TYPES.join(', ')}`).argParser(oneOfTypes),
    )
    .addOption(new Option('--limit <n>', 'how many at most').default(10).argParser(wholeNumber(1, 100)))
    .action(async (words: string[], options) =>
      (await import('../knowledge/search.ts')).search(cli, words.join(' '), options),
    );

  leaf(command, {
    usage: 'show <id>',
    summary: 'show an item of knowledge and where it comes from',
    args: { id: 'id of the item' },
    examples: ['kaze knowledge show 019a…'],
  }).action(async (id, options) => (await import('../knowledge/show.ts')).show(cli, id, options));

  leaf(command, {
    usage: 'lint',
    summary: 'check the packs of verticals, without a cell',
    more: 'Finds orphans, missing and old sources, relations to nothing, circles, contradictions and duplicates, as file:line:column. Ends with 1 when something is wrong.',
    cell: false,
    examples: ['kaze knowledge lint', 'kaze knowledge lint --vertical seo --json'],
  })
    .option('--vertical <name>', 'only the pack of this vertical; default: all')
    .option('--dir <folder>', 'folder of verticals beside the shipped one; that one when left out')
    .addOption(
      new Option('--max-age <days>', 'age from which a source is old (default: 730)').argParser(wholeNumber(1, 36_500)),
    )
    .action(async (options) => (await import('../knowledge/lint.ts')).lint(cli, options));
};

function oneOfTypes(type: string, list: readonly string[] | undefined): readonly string[] {
  if ((TYPES as readonly string[]).includes(type)) return collect(type, list);
  throw new InvalidArgumentError(`It is one of ${TYPES.join(', ')}.`);
}
