import { newId } from '#platform';
import type { NodeDefinition } from '../domain/definition.ts';
import { graphError } from '../errors.ts';
import type { QueuedStatement } from '../ports/graph-engine.ts';
import type { TextBuilder } from '../read/text.ts';
import { LOCK_VERSION } from './statements.ts';

/** Locks a node if it is still of this version; otherwise nothing of the transaction is kept and it is tried again. */
export function lockAtVersion(
  text: TextBuilder,
  definition: NodeDefinition,
  { id, version }: { readonly id: string; readonly version: number },
): QueuedStatement {
  const statement = LOCK_VERSION(definition.name, text.scope('n', definition, 'write'));
  const otherwise = () =>
    graphError('KAZE_GRAPH_CONFLICT', `${definition.name} ${id} is no longer of version ${version}`, {
      fields: { label: definition.name, version },
    });
  return {
    text: statement,
    parameters: { ...text.parameters, token: newId(), id },
    what: `lock ${definition.name}`,
    requires: { column: 'version', value: version, otherwise },
  };
}
