import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#platform';
import { makeVirtualKey, type NewVirtualKey, type VirtualKey } from '../domain/virtual-key.ts';
import type { Judgements } from '../ports/outcome-feed.ts';
import type { VirtualKeys } from '../ports/virtual-keys.ts';
import { readChoiceReports } from '../use-cases/choice/choice-report.ts';
import { parseBody, readBody } from './body.ts';
import { httpError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { type Fields, given, listAt, nameAt, onlyKnown, textAt, wholeAt } from './fields.ts';
import { IdleWatch } from './idle-watch.ts';

export const KEYS_PATH = '/kaze/keys';
const BODY = { maxBytes: 64 * 1_024, idle: new IdleWatch(15_000) };
const FIELDS: ReadonlySet<string> = new Set(['name', 'tenant', 'agent', 'models', 'expiresAt']);

/** Which models were chosen for what: the filters of `readChoiceReports` as a query. */
export const CHOICES_PATH = '/kaze/choices';
/** What calls came to, of all clients. */
export const USAGE_PATH = '/kaze/usage';

export interface AdministrationOptions {
  readonly keys: VirtualKeys;
  readonly clock: Clock;
  /** Whoever shows it may make and end keys; without one nobody may, over HTTP. */
  readonly token: string | undefined;
  /** Told when a key was ended. */
  readonly onChange: () => void;
}

/** Makes a key. Shared with commands that reach the database themselves. Errors: KAZE_GATEWAY_KEY_INPUT. */
export async function addVirtualKey(
  keys: VirtualKeys,
  wanted: NewVirtualKey,
  now: number,
): Promise<{ readonly secret: string; readonly key: VirtualKey }> {
  const { secret, hash, key } = makeVirtualKey(wanted, now);
  await keys.add(key, hash);
  return { secret, key };
}

/** Errors: KAZE_GATEWAY_KEY_NOT_FOUND. */
export async function revokeVirtualKey(keys: VirtualKeys, id: string, now: number): Promise<VirtualKey> {
  const key = await keys.revoke(id, now);
  if (key) return key;
  const shown = JSON.stringify(id.slice(0, 100));
  throw httpError('KAZE_GATEWAY_KEY_NOT_FOUND', `there is no virtual key with the id ${shown}`, {
    fields: { id: shown },
  });
}

/** `GET /kaze/choices?tenant=…&taskType=…&from=…`, for the command line on the same machine. */
export async function showChoices(
  exchange: Exchange,
  { judgements, token }: Pick<AdministrationOptions, 'token'> & { readonly judgements: Judgements | undefined },
): Promise<void> {
  checkAdministrator(exchange, token);
  if (!judgements) throw httpError('KAZE_GATEWAY_ROUTE', 'this gateway keeps no outcomes');
  const query = new URL(exchange.request.url ?? '/', 'http://gateway').searchParams;
  const from = query.get('from');
  const filter = {
    tenant: query.get('tenant') ?? undefined,
    taskType: query.get('taskType') ?? undefined,
    from: from === null ? undefined : wholeAt(Number(from), 'from'),
  };
  exchange.json(200, { nodes: await readChoiceReports(judgements.usage, filter) });
}

export function checkAdministrator({ request }: Exchange, token: string | undefined): void {
  if (isAdministrator(request.headers.authorization, token)) return;
  throw httpError('KAZE_GATEWAY_KEY_REFUSED', 'this takes the administrator’s token of the gateway', {
    fields: { why: 'administrator' },
  });
}

/** `GET` and `POST /kaze/keys`, `DELETE /kaze/keys/<id>`, for the command line on the same machine. */
export async function administer(exchange: Exchange, options: AdministrationOptions): Promise<void> {
  const { keys, clock, onChange } = options;
  const { request, path } = exchange;
  checkAdministrator(exchange, options.token);
  const id = path.slice(KEYS_PATH.length + 1);
  if (request.method === 'GET' && id === '') {
    exchange.json(200, { nodes: await keys.list() });
  } else if (request.method === 'POST' && id === '') {
    const wanted = wantedOf(parseBody(await readBody(request, BODY)));
    exchange.json(201, await addVirtualKey(keys, wanted, clock.now()));
  } else if (request.method === 'DELETE' && id !== '') {
    const key = await revokeVirtualKey(keys, decodeURIComponent(id), clock.now());
    onChange();
    exchange.json(200, { key });
  } else {
    const allow = id === '' ? 'GET, POST' : 'DELETE';
    throw httpError('KAZE_GATEWAY_METHOD', `${KEYS_PATH} takes ${allow} here`, { fields: { allow } });
  }
}

function wantedOf(body: Fields): NewVirtualKey {
  onlyKnown(body, FIELDS, 'Kaze');
  return {
    name: nameAt(body.name, 'name'),
    tenant: nameAt(body.tenant, 'tenant'),
    agent: given(body.agent, 'agent', nameAt) ?? null,
    models: (given(body.models, 'models', listAt) ?? []).map((one, index) => textAt(one, `models[${index}]`)),
    expiresAt: given(body.expiresAt, 'expiresAt', wholeAt) ?? null,
  };
}

function isAdministrator(header: string | undefined, token: string | undefined): boolean {
  const sent = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
  if (sent === undefined || token === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(sent), digest(token));
}
