import type { Cli, OutputOptions } from '../cli.ts';

interface Page {
  readonly totalCount: number;
  readonly nodes: readonly unknown[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

/** How to see the rest, on stderr; JSON has the cursor itself. */
export function pageNote(cli: Cli, options: OutputOptions, page: Page): void {
  if (options.json || !page.pageInfo.hasNextPage) return;
  cli.note(`${page.nodes.length} of ${page.totalCount}; more with --limit, or --after ${page.pageInfo.endCursor}`);
}
