import {
  type GraphStore,
  type Principal,
  requireWrite,
  Source,
  SourceRoot,
  Tenant,
  tenantScope,
  Vertical,
} from '#graph-schema';
import { derivedId, didYouMean, isKazeError } from '#platform';
import { ingestionError } from '../errors.ts';

export interface RootName {
  readonly tenant: string;
  readonly vertical?: string;
  /** Name of the folder or collection. */
  readonly root: string;
}

export interface AdmittedRoot {
  readonly id: string;
  readonly scope: string;
  readonly country?: string;
  /** Id of the Vertical node. */
  readonly vertical?: string;
}

const CONTROL = /[\p{Cc}\p{Cs}]/u;

export function checkName(name: string, { what, max }: { what: string; max: number }): void {
  if (name !== '' && name.length <= max && name.isWellFormed() && !CONTROL.test(name)) return;
  const why =
    name === '' ? 'is empty' : name.length > max ? `has ${name.length} characters` : 'holds control characters';
  throw ingestionError(
    'KAZE_INGESTION_BAD_NAME',
    `the name of the ${what} ${why}; it takes 1 to ${max} plain characters`,
    {
      fields: { what, max, length: name.length },
    },
  );
}

/**
 * Lets a caller in or not, finds client and vertical, and registers the root as running. The root is written under the
 * caller's own rights, so that nothing but those rights decides. Errors: KAZE_GRAPH_FORBIDDEN,
 * KAZE_INGESTION_UNKNOWN_TENANT, _UNKNOWN_VERTICAL, _BAD_NAME.
 */
export async function admitRoot(store: GraphStore, caller: Principal, name: RootName): Promise<AdmittedRoot> {
  const scope = tenantScope(name.tenant);
  requireWrite(caller, Source, scope);
  checkName(name.root, { what: 'root', max: 500 });
  const tenants = await store.list(caller, Tenant, { limit: 1_000 });
  const tenant = tenants.find(({ name: known }) => known === name.tenant);
  if (!tenant) {
    throw ingestionError(
      'KAZE_INGESTION_UNKNOWN_TENANT',
      `there is no client "${name.tenant}"${didYouMean(
        name.tenant,
        tenants.map((one) => one.name),
      )}`,
      { fields: { tenant: name.tenant } },
    );
  }
  const vertical = name.vertical === undefined ? undefined : await findVertical(store, caller, name.vertical);
  const id = derivedId(scope, 'source-root', name.vertical ?? '', name.root);
  const known = await store.get(caller, SourceRoot, id);
  if (known?.state !== 'running') {
    const values = { name: name.root, ...(name.vertical === undefined ? {} : { vertical: name.vertical }) };
    await store
      .transact(caller, { why: 'a run of a root begins' }, async (unit) => {
        await unit.upsert(SourceRoot, { id, scope, ...values, state: 'running' });
      })
      .catch((error: unknown) => {
        // Another file of the same run was first.
        if (!isKazeError(error, 'KAZE_GRAPH_DUPLICATE')) throw error;
      });
  }
  return { id, scope, ...(tenant.country ? { country: tenant.country } : {}), ...(vertical ? { vertical } : {}) };
}

async function findVertical(store: GraphStore, caller: Principal, name: string): Promise<string> {
  const verticals = await store.list(caller, Vertical, { limit: 1_000 });
  const found = verticals.find((vertical) => vertical.name === name);
  if (found) return found.id;
  throw ingestionError(
    'KAZE_INGESTION_UNKNOWN_VERTICAL',
    `there is no vertical "${name}"${didYouMean(
      name,
      verticals.map((one) => one.name),
    )}`,
    { fields: { vertical: name } },
  );
}
