import type { DemoClient, DemoName } from '../../demo/index.ts';
import type { Cli } from '../cli.ts';
import type { CellOptions } from '../command.ts';
import type { CellClient } from '../connection/cell-client.ts';
import { DemoCell } from '../connection/operations.ts';
import { CommandError, cliError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { plural } from '../output/values.ts';
import { type Progress, progressFor } from '../progress/progress.ts';
import { report } from './report.ts';
import { runClient, type Watch } from './run-client.ts';

export interface DemoOptions extends CellOptions {
  readonly client?: readonly DemoName[];
  readonly rows: number;
}

/** Sets the example clients up and lets them work; what is there already stays as it is. */
export async function demo(cli: Cli, options: DemoOptions): Promise<void> {
  const startedAt = performance.now();
  const { signal } = cli.terminal;
  const client = await cli.connect(options);
  const { DEMO_NAMES, demoClients } = await import('../../demo/index.ts');
  const names = DEMO_NAMES.filter((name) => options.client?.includes(name) ?? true);
  const cell = await client.execute(DemoCell, { names }, { signal });
  requireAdmin(cell.me.role);
  const clients = new Set(cell.tenants.nodes.map(({ name }) => name));
  const skills = new Set(cell.skills.nodes.map(({ name }) => name));

  const plans = demoClients({ rows: options.rows }, names);

  const able = plans.flatMap(({ tasks }) => tasks).filter(({ skill }) => skills.has(skill));
  const progress = progressFor(cli, plans.length + able.length);
  const connectWith = (token: string): Promise<CellClient> => cli.connect({ url: client.url, token });
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  const each = { client, connectWith, clients, skills, signal: both, watch: watchOn(progress) };
  try {
    const runs = await everyOne(plans, (plan) => runClient(plan, each), ended);
    progress.end();
    report(cli, options, { url: client.url, runs, skills, elapsedMs: performance.now() - startedAt });
    if (runs.some(({ unfinished }) => unfinished.length > 0)) cli.exitCode = EXIT.partly;
  } catch (error) {
    throw signal.aborted ? cliError('KAZE_CLI_INTERRUPTED', 'interrupted; run kaze demo again to go on') : error;
  } finally {
    progress.end();
  }
}

/** Told before anything is begun: the demo would stop half way. */
function requireAdmin(role: string): void {
  if (role === 'admin') return;
  const message = `the demo sets up clients, and makes tokens for the people who decide in it, which needs the role admin; this token has ${role}`;
  throw new CommandError('KAZE_API_FORBIDDEN', message, { role, roles: ['admin'] });
}

/** All at once. The first error ends the others, which are waited for: each ends the token that it made. */
async function everyOne<Result>(
  plans: readonly DemoClient[],
  work: (plan: DemoClient) => Promise<Result>,
  ended: AbortController,
): Promise<Result[]> {
  let first: { readonly error: unknown } | undefined;
  const done = await Promise.all(
    plans.map((plan) =>
      work(plan).catch((error: unknown) => {
        first ??= { error };
        ended.abort();
        return undefined;
      }),
    ),
  );
  if (first) throw first.error;
  return done.filter((one) => one !== undefined);
}

function watchOn(progress: Progress): Watch {
  return {
    isSetUp({ name }, { added: { agents, people, documents } }) {
      const parts = [
        ...(agents > 0 ? [plural(agents, 'agent')] : []),
        ...(people > 0 ? [plural(people, 'person', 'people')] : []),
        ...(documents > 0 ? [plural(documents, 'document')] : []),
      ];
      progress.step(`${name.padEnd(NAME)} ${parts.length > 0 ? `set up: ${parts.join(', ')}` : 'is there already'}`);
    },
    working: ({ name }, { skill, progress: text }) => progress.working(`${name}: ${skill}${text ? `, ${text}` : ''}`),
    settled({ name }, { skill, state }) {
      const what = state === 'awaiting_approval' || state === 'queued' ? 'waits for you' : state;
      progress.step(`${name.padEnd(NAME)} ${skill}: ${what}`);
    },
  };
}

const NAME = 13;
