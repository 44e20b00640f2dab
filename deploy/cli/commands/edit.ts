import { configure, type Define } from '../command.ts';

export const define: Define = (command, cli) => {
  configure(command, {
    summary: 'deliver what waits, as you changed it',
    more: 'The file holds the outputs as one JSON object; `kaze approvals show ID --output` writes them out to begin with.',
    examples: [
      'kaze approvals show 019a… --output > outputs.json',
      'kaze edit 019a… --file outputs.json',
      'jq ".keywords |= .[:10]" outputs.json | kaze edit 019a… --file -',
    ],
  })
    .argument('<id>', 'id of the task or of the approval')
    .requiredOption('--file <file>', 'the outputs to deliver, JSON; - is standard input')
    .option('--reason <text>', 'why')
    .action(async (id, options) => {
      const [{ decide }, { readText }, { jsonObject }] = await Promise.all([
        import('../approvals/decide.ts'),
        import('../input/read-text.ts'),
        import('../input/json-text.ts'),
      ]);
      const output = jsonObject(await readText(cli, options.file), options.file);
      await decide(cli, { id, decision: 'edit', reason: options.reason, output }, options);
    });
};
