import type { Cli } from '../cli.ts';
import { type CellOptions, type TenantOptions, tenantFrom } from '../command.ts';
import { KnowledgeSearch, type KnowledgeSearchQuery, type SearchType } from '../connection/operations.ts';
import { harmless, oneLine, wrap } from '../output/text.ts';
import { place } from '../output/values.ts';

interface SearchOptions extends CellOptions, TenantOptions {
  readonly vertical?: string;
  readonly type?: SearchType[];
  readonly limit: number;
}

export async function search(cli: Cli, text: string, options: SearchOptions): Promise<void> {
  const tenant = tenantFrom(options);
  const client = await cli.connect(options);
  const input = { text, tenant, vertical: options.vertical, types: options.type, limit: options.limit };
  const { searchKnowledge } = await client.execute(KnowledgeSearch, { input }, { signal: cli.terminal.signal });
  cli.result(options, searchKnowledge, () => {
    if (searchKnowledge.hits.length === 0) return 'nothing found';
    return searchKnowledge.hits
      .map(({ node, score, excerpt, reasons }) => {
        const head = `${score.toFixed(2)}  ${cli.style(oneLine(titleOf(node)), 'bold')}`;
        const about = cli.style(`      ${node.id}  ${reasons.map(oneLine).join('; ')}`, 'dim');
        return `${head}\n${wrap(harmless(oneLine(excerpt)), cli.width ?? 100, '      ')}\n${about}`;
      })
      .join('\n\n');
  });
}

type Hit = KnowledgeSearchQuery['searchKnowledge']['hits'][number]['node'];

function titleOf(node: Hit): string {
  if ('title' in node) return `${node.title} (${node.kind})`;
  if ('headings' in node) return [node.source?.name ?? 'passage', place(node)].filter((part) => part !== '').join(', ');
  if ('summary' in node) return 'outcome';
  return 'name' in node ? node.name : '';
}
