import { Option } from 'commander';
import { configure, type Define, wholeNumber } from '../command.ts';
import { READABLE } from '../ingest/file-types.ts';

export const define: Define = (command, cli) => {
  configure(command, {
    summary: 'read a folder or file into a client’s knowledge',
    more: [
      `Reads ${READABLE.join(' ')}; leaves out hidden files, what a .kazeignore (in the manner of .gitignore) names, and`,
      'links that lead out of the folder. A file that cannot be read does not stop the others. Run it again after a change,',
      'or after an interruption: what has not changed is passed over. A complete run of a folder retires what is gone from',
      'it, and asks when that is more than a fifth (--prune says yes). Ends with 3 when some files failed.',
    ].join('\n'),
    tenant: 'client that the knowledge belongs to',
    examples: [
      'kaze ingest ./docs-of-a-client --tenant acme --vertical internal-ops',
      'kaze ingest ./docs-of-a-client --tenant acme --dry-run',
      'kaze ingest travel-policy.pdf --tenant acme --root handbook',
    ],
  })
    .argument('<path>', 'folder or file')
    .option('--vertical <name>', 'field of business that it matters for')
    .option('--root <name>', 'name of the collection; default: name of the folder')
    .option('--prune', 'retire what is gone also when it is more than a fifth')
    .option('--dry-run', 'only list what would be read')
    .addOption(new Option('--concurrency <n>', 'files at a time').default(4).argParser(wholeNumber(1, 32)))
    .action(async (path, options) => (await import('../ingest/ingest.ts')).ingest(cli, path, options));
};
