import { cliError } from '../errors.ts';
import type { CallOptions, CellClient } from './cell-client.ts';
import { TenantList } from './operations.ts';

/**
 * The client to work for when the command line names none: the only one of the cell, so that a first try needs no flag.
 * Errors: KAZE_CLI_AMBIGUOUS with the names to choose from.
 */
export async function theTenant(client: CellClient, given: string | undefined, options?: CallOptions): Promise<string> {
  if (given !== undefined) return given;
  const { tenants, me } = await client.execute(TenantList, {}, options);
  if (me.tenant !== null) return me.tenant;
  const names = tenants.nodes.map((tenant) => tenant.name);
  if (names.length === 1) return names[0]!;
  const choice = names.length === 0 ? 'the cell has none yet' : `the cell has ${names.join(', ')}`;
  throw cliError('KAZE_CLI_AMBIGUOUS', `which client? Give --tenant; ${choice}`, { tenants: names });
}

/** Filter on what belongs to a client: its own scope, and with `agents` those of its agents. */
export function scopeFilter(tenant: string): { or: Array<{ scope: { eq?: string; startsWith?: string } }> } {
  return { or: [{ scope: { eq: `tenant:${tenant}` } }, { scope: { startsWith: `agent:${tenant}/` } }] };
}
