import type { Cli } from '../cli.ts';
import type { CellOptions } from '../command.ts';
import { KnowledgeDetail } from '../connection/operations.ts';
import { cliError } from '../errors.ts';
import { details } from '../output/table.ts';
import { harmless, wrap } from '../output/text.ts';
import { localTime, place } from '../output/values.ts';

export async function show(cli: Cli, id: string, options: CellOptions): Promise<void> {
  const client = await cli.connect(options);
  const { knowledgeItem: item } = await client.execute(KnowledgeDetail, { id }, { signal: cli.terminal.signal });
  if (!item) {
    throw cliError(
      'KAZE_CLI_NOT_FOUND',
      `there is no knowledge ${id} that this token may see; kaze knowledge search finds it`,
      { id },
    );
  }
  cli.result(options, item, () => {
    const names = (list: ReadonlyArray<{ readonly id: string; readonly title: string }>) =>
      list.map((one) => `${one.title} (${one.id})`).join('; ');
    const about = details([
      ['knowledge', item.id],
      ['kind', item.kind],
      ['scope', item.scope],
      ['path', item.path],
      ['confidence', item.confidence.toFixed(2)],
      ['valid', item.validFrom || item.validTo ? `${localTime(item.validFrom)} to ${localTime(item.validTo)}` : null],
      ['recorded', localTime(item.recordedAt)],
      ['retired', item.retiredAt && localTime(item.retiredAt)],
      ['reference', item.reference],
      ['sources', item.sources.nodes.map((source) => `${source.name || 'erased'} (${source.id})`).join('; ')],
      ['passages', item.chunks.nodes.map((chunk) => `${chunk.id} (${place(chunk)})`).join('; ')],
      ['entities', item.entities.nodes.map((entity) => entity.name).join(', ')],
      ['replaces', names(item.supersedes.nodes)],
      ['replaced by', names(item.supersededBy.nodes)],
    ]);
    const width = cli.width ?? 100;
    return `${cli.style(harmless(item.title), 'bold')}\n${wrap(harmless(item.text), width)}\n\n${about}`;
  });
}
