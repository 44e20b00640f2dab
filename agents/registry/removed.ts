import { type LoadedDefinitions, namesOfFiles } from '../definitions/index.ts';

interface KnownNode {
  readonly id: string;
  readonly name: string;
  readonly status: string | null;
}

/** Those that no definition stands behind any more. What has a file that could not be read is kept as it was. */
export function removedFrom<Node extends KnownNode>(
  loaded: LoadedDefinitions,
  known: Iterable<Node>,
  present: ReadonlySet<string>,
): Node[] {
  const unreadable = new Set(namesOfFiles(loaded.unreadableFiles));
  return [...known].filter(({ id, name, status }) => status !== 'retired' && !present.has(id) && !unreadable.has(name));
}
