import type { Cli } from '../cli.ts';
import { type CellOptions, type PageOptions, type TenantOptions, tenantFrom } from '../command.ts';
import { SourceDetail, SourceList, type SourceRowFragment } from '../connection/operations.ts';
import { cliError } from '../errors.ts';
import { pageNote } from '../output/page.ts';
import { styledState } from '../output/style.ts';
import { details, table } from '../output/table.ts';
import { harmless, oneLine } from '../output/text.ts';
import { bytes, localTime, place, tenantOfScope } from '../output/values.ts';

interface ListOptions extends CellOptions, TenantOptions, PageOptions {
  readonly state?: SourceRowFragment['state'];
  readonly root?: string;
}

export async function list(cli: Cli, options: ListOptions): Promise<void> {
  const tenant = tenantFrom(options);
  const client = await cli.connect(options);
  const filter = {
    ...(tenant === undefined ? {} : { scope: { eq: `tenant:${tenant}` } }),
    ...(options.state ? { state: { eq: options.state } } : {}),
    ...(options.root === undefined ? {} : { root: { some: { name: { eq: options.root } } } }),
  };
  const variables = { filter, first: options.limit, after: options.after };
  const { sources } = await client.execute(SourceList, variables, { signal: cli.terminal.signal });
  cli.result(options, sources, () => {
    if (sources.nodes.length === 0) return 'no sources';
    const columns = [
      { title: 'ID', value: (row: SourceRowFragment) => row.id },
      { title: 'NAME', value: (row: SourceRowFragment) => row.name || '-', flexible: true },
      { title: 'ROOT', value: (row: SourceRowFragment) => row.root?.name ?? '-', flexible: true },
      {
        title: 'STATE',
        value: (row: SourceRowFragment) => row.state,
        paint: (text: string) => styledState(cli.style, text),
      },
      { title: 'PASSAGES', value: (row: SourceRowFragment) => String(row.chunkCount), right: true },
      { title: 'CLIENT', value: (row: SourceRowFragment) => tenantOfScope(row.scope), flexible: true },
      { title: 'READ IN', value: (row: SourceRowFragment) => localTime(row.ingestedAt) },
    ];
    return table(sources.nodes, columns, cli.width);
  });
  pageNote(cli, options, sources);
}

export async function show(cli: Cli, id: string, options: CellOptions & { readonly passages: number }): Promise<void> {
  const client = await cli.connect(options);
  const variables = { id, passages: options.passages };
  const { source } = await client.execute(SourceDetail, variables, { signal: cli.terminal.signal });
  if (!source) throw unknownSource(id);
  cli.result(options, source, () => {
    const about = details([
      ['source', source.id],
      ['name', source.name],
      ['title', source.title],
      ['root', source.root?.name],
      ['client', tenantOfScope(source.scope)],
      ['vertical', source.vertical?.name],
      ['state', source.state],
      ['format', `${source.format}, ${bytes(source.bytes)}, ${source.language}`],
      ['revision', String(source.revision)],
      ['read in', localTime(source.ingestedAt)],
      ['error', source.errorCode && `${source.errorMessage ?? ''} [${source.errorCode}]`],
      ['erased', source.erasedAt && `${localTime(source.erasedAt)} by ${source.erasedBy ?? 'unknown'}`],
      ['passages', String(source.chunks.totalCount)],
      ['facts', String(source.knowledge.totalCount)],
    ]);
    const room = (cli.width ?? 100) - 2;
    const passages = source.chunks.nodes.map((chunk) => {
      const text = oneLine(harmless(chunk.text));
      return `${cli.style(`${chunk.id}  ${harmless(place(chunk))}`, 'dim')}\n  ${text.slice(0, room * 3)}`;
    });
    return [about, ...passages].join('\n\n');
  });
}

export const unknownSource = (id: string) =>
  cliError('KAZE_CLI_NOT_FOUND', `there is no source ${id} that this token may see; kaze sources list shows them`, {
    id,
  });
