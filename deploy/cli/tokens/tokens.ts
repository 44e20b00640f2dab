import type { Cli } from '../cli.ts';
import { type CellOptions, type TenantOptions, tenantFrom } from '../command.ts';
import {
  type CreateTokenInput,
  TokenCreate,
  TokenList,
  TokenRevoke,
  type TokenRowFragment,
} from '../connection/operations.ts';
import { details, table } from '../output/table.ts';
import { localTime } from '../output/values.ts';

interface CreateOptions extends CellOptions, TenantOptions {
  readonly role: CreateTokenInput['role'];
  /** ISO 8601. */
  readonly expires?: string;
  readonly owner?: string;
  readonly ownerType: CreateTokenInput['ownerType'];
}

/** The one place besides `start` where a token is printed: alone on stdout, so that a script can take it. */
export async function create(cli: Cli, name: string, options: CreateOptions): Promise<void> {
  const { role, owner, ownerType, expires: expiresAt } = options;
  const tenant = tenantFrom(options);
  const client = await cli.connect(options);
  const input = { name, role, owner, ownerType, tenant, expiresAt };
  const { createToken } = await client.execute(TokenCreate, { input }, { signal: cli.terminal.signal });
  cli.result(options, { token: createToken.token, ...createToken.info }, () => createToken.token);
  if (!options.json) {
    cli.note(describe(createToken.info));
    cli.note('Keep the token now: it is not shown again.');
  }
}

export async function list(cli: Cli, options: CellOptions): Promise<void> {
  const client = await cli.connect(options);
  const { tokens } = await client.execute(TokenList, {}, { signal: cli.terminal.signal });
  cli.result(options, { nodes: tokens }, () => {
    if (tokens.length === 0) return 'no tokens';
    const columns = [
      { title: 'ID', value: (row: TokenRowFragment) => row.id },
      { title: 'NAME', value: (row: TokenRowFragment) => row.name, flexible: true },
      { title: 'ROLE', value: (row: TokenRowFragment) => row.role },
      { title: 'CLIENT', value: (row: TokenRowFragment) => row.tenant ?? 'all' },
      { title: 'STATE', value: stateOf },
      { title: 'LAST USED', value: (row: TokenRowFragment) => localTime(row.lastUsedAt) },
    ];
    return table(tokens, columns, cli.width);
  });
}

export async function revoke(cli: Cli, id: string, options: CellOptions): Promise<void> {
  const client = await cli.connect(options);
  const { revokeToken } = await client.execute(TokenRevoke, { input: { id } }, { signal: cli.terminal.signal });
  cli.result(options, revokeToken.info, () => describe(revokeToken.info));
}

function stateOf({ revokedAt, expiresAt }: TokenRowFragment): string {
  if (revokedAt) return `revoked ${localTime(revokedAt)}`;
  if (!expiresAt) return 'valid';
  return Date.parse(expiresAt) <= Date.now() ? `expired ${localTime(expiresAt)}` : `until ${localTime(expiresAt)}`;
}

const describe = (info: TokenRowFragment): string =>
  details([
    ['id', info.id],
    ['name', info.name],
    ['role', info.role],
    ['client', info.tenant ?? 'all'],
    ['owner', `${info.owner} (${info.ownerType})`],
    ['state', stateOf(info)],
  ]);
