import type { VirtualKey } from '#gateway';
import type { KeyAccess } from '../../gateway/index.ts';
import type { Cli, OutputOptions } from '../cli.ts';
import { type TenantOptions, tenantFrom } from '../command.ts';
import { usageError } from '../errors.ts';
import { details, table } from '../output/table.ts';
import { localTime } from '../output/values.ts';
import { type GatewaySettingOptions, loadGatewaySettings } from './settings.ts';

type KeysOptions = OutputOptions & GatewaySettingOptions;

interface CreateOptions extends KeysOptions, TenantOptions {
  readonly agent?: string;
  readonly model?: readonly string[];
  /** ISO 8601. */
  readonly expires?: string;
}

/** Prints the key, alone on stdout, so that a script can take it. */
export async function create(cli: Cli, name: string, options: CreateOptions): Promise<void> {
  const tenant = tenantFrom(options);
  if (tenant === undefined) throw usageError('--tenant is missing: whose calls are these?');
  const { agent = null, model: models = [], expires } = options;
  const expiresAt = expires === undefined ? null : Date.parse(expires);
  const { secret, key } = await withKeys(cli, options, (keys) =>
    keys.create({ name, tenant, agent, models, expiresAt }),
  );
  cli.result(options, { secret, ...key }, () => secret);
  if (options.json) return;
  cli.note(describe(key));
  cli.note('Keep the key now: it is not shown again.');
}

export async function list(cli: Cli, options: KeysOptions): Promise<void> {
  const nodes = await withKeys(cli, options, (keys) => keys.list());
  cli.result(options, { nodes }, () => {
    if (nodes.length === 0) return 'no virtual keys';
    const columns = [
      { title: 'ID', value: (key: VirtualKey) => key.id },
      { title: 'NAME', value: (key: VirtualKey) => key.name, flexible: true },
      { title: 'KEY', value: (key: VirtualKey) => `${key.hint}…` },
      { title: 'CLIENT', value: (key: VirtualKey) => key.tenant },
      { title: 'AGENT', value: (key: VirtualKey) => key.agent ?? 'any' },
      { title: 'MODELS', value: modelsOf, flexible: true },
      { title: 'STATE', value: stateOf },
    ];
    return table(nodes, columns, cli.width);
  });
}

export async function revoke(cli: Cli, id: string, options: KeysOptions): Promise<void> {
  const key = await withKeys(cli, options, (keys) => keys.revoke(id));
  cli.result(options, key, () => describe(key));
}

async function withKeys<T>(cli: Cli, options: KeysOptions, work: (keys: KeyAccess) => Promise<T>): Promise<T> {
  const { values } = await loadGatewaySettings(cli, options);
  const { openKeyAccess } = await import('../../gateway/index.ts');
  const keys = await openKeyAccess(values);
  try {
    return await work(keys);
  } finally {
    await keys.close();
  }
}

const instant = (at: number) => localTime(new Date(at).toISOString());
const modelsOf = ({ models }: VirtualKey) => (models.length === 0 ? 'all' : models.join(', '));

function stateOf({ revokedAt, expiresAt }: VirtualKey): string {
  if (revokedAt !== null) return `revoked ${instant(revokedAt)}`;
  if (expiresAt === null) return 'valid';
  return expiresAt <= Date.now() ? `expired ${instant(expiresAt)}` : `until ${instant(expiresAt)}`;
}

const describe = (key: VirtualKey): string =>
  details([
    ['id', key.id],
    ['name', key.name],
    ['key', `${key.hint}…`],
    ['client', key.tenant],
    ['agent', key.agent ?? 'any'],
    ['models', modelsOf(key)],
    ['state', stateOf(key)],
  ]);
