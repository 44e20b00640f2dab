import { Readable } from 'node:stream';
import type { DemoClient as Plan } from '../../demo/index.ts';
import type { CellClient } from '../connection/cell-client.ts';
import { AgentBind, DemoClient, PersonCreate, SourceIngest, TenantCreate } from '../connection/operations.ts';
import { cliError } from '../errors.ts';
import { contentTypeOf } from '../ingest/file-types.ts';
import { inParallel } from '../ingest/in-parallel.ts';
import { scopeOf } from './cell-view.ts';

export interface SetUp {
  /** Id of the person who decides. */
  readonly reviewer: string;
  /** What was not there before. */
  readonly added: { readonly agents: number; readonly people: number; readonly documents: number };
}

const DOCUMENTS_AT_A_TIME = 4;

export interface SetUpOptions {
  readonly plan: Plan;
  /** Whether the cell has a client of this name. */
  readonly isThere: boolean;
  readonly signal: AbortSignal;
}

/** The client with its agents, people and documents; only what is missing is made. */
export async function setUp(client: CellClient, { plan, isThere, signal }: SetUpOptions): Promise<SetUp> {
  const { name, title, description, language, country } = plan;
  const call = { signal };
  if (!isThere) await client.execute(TenantCreate, { input: { name, title, description, language, country } }, call);
  const there = await client.execute(DemoClient, { scope: scopeOf(name) }, call);

  const agents = missing(plan.agents, there.agents.nodes.map(nameOf));
  for (const template of agents) await client.execute(AgentBind, { input: { template, tenant: name } }, call);

  const ids = new Map(there.people.nodes.map((person) => [person.name, person.id]));
  const people = plan.people.filter((person) => !ids.has(person.name));
  for (const { name: person, role } of people) {
    const made = await client.execute(PersonCreate, { input: { name: person, role, tenant: name } }, call);
    ids.set(person, made.createPerson.person.id);
  }

  const known = new Set(there.sources.nodes.map((source) => `${source.root?.name}/${source.name}`));
  const documents = plan.documents.filter((document) => !known.has(`${document.root}/${document.name}`));
  await inParallel(documents, { concurrency: DOCUMENTS_AT_A_TIME, signal }, async (document, ownSignal) => {
    await readIn(client, { plan, document, signal: ownSignal });
  });
  const added = { agents: agents.length, people: people.length, documents: documents.length };
  return { reviewer: ids.get(plan.people[0].name)!, added };
}

const nameOf = ({ name }: { readonly name: string }) => name;
const missing = (wanted: readonly string[], there: readonly string[]) => wanted.filter((name) => !there.includes(name));

interface Reading {
  readonly plan: Plan;
  readonly document: Plan['documents'][number];
  readonly signal: AbortSignal;
}

async function readIn(client: CellClient, { plan, document, signal }: Reading): Promise<void> {
  const { name, root, text } = document;
  const upload = await sendBytes(client, { name, bytes: Buffer.from(text), signal });
  const input = { upload, name, root, tenant: plan.name, vertical: plan.vertical };
  const { ingestSource } = await client.execute(SourceIngest, { input }, { signal });
  if (ingestSource.change !== 'failed') return;
  const { errorCode, errorMessage } = ingestSource.source ?? {};
  const message = `the document ${name} of ${plan.name} was not read: ${errorMessage ?? 'the cell gave no reason'}`;
  throw cliError('KAZE_CLI_UNEXPECTED', message, { name, reason: errorCode ?? undefined });
}

/** Gives the upload's id. */
export async function sendBytes(
  client: CellClient,
  { name, bytes, signal }: { readonly name: string; readonly bytes: Uint8Array; readonly signal: AbortSignal },
): Promise<string> {
  const stream = Readable.from([Buffer.from(bytes)]);
  return (await client.upload({ stream, name, contentType: contentTypeOf(name) }, { signal })).id;
}
