import type { Define } from '../command.ts';

export interface CommandEntry {
  readonly name: string;
  /** One line for the overview; the command's own file is loaded only when it is used. */
  readonly summary: string;
  load(): Promise<{ readonly define: Define }>;
}

/** In the order of the overview: run a cell, put knowledge in, get work done, look after it. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: 'start', summary: 'start a cell and keep it running', load: () => import('./start.ts') },
  { name: 'demo', summary: 'fill the cell with three example clients at work', load: () => import('./demo.ts') },
  { name: 'ask', summary: 'answer a question from the graph, with citations', load: () => import('./ask.ts') },
  { name: 'chat', summary: 'hold a conversation with an agent', load: () => import('./chat.ts') },
  { name: 'ingest', summary: 'read a folder or file into a client’s knowledge', load: () => import('./ingest.ts') },
  { name: 'sources', summary: 'list, show and erase what was read in', load: () => import('./sources.ts') },
  { name: 'tasks', summary: 'submit tasks to agents and follow them', load: () => import('./tasks.ts') },
  { name: 'approve', summary: 'deliver what waits for a person', load: () => import('./approve.ts') },
  { name: 'edit', summary: 'deliver what waits, as you changed it', load: () => import('./edit.ts') },
  { name: 'reject', summary: 'refuse what waits, with a reason', load: () => import('./reject.ts') },
  { name: 'approvals', summary: 'list and show what waits for a person', load: () => import('./approvals.ts') },
  { name: 'agents', summary: 'list, show, bind, pause and validate agents', load: () => import('./agents.ts') },
  { name: 'skills', summary: 'list, show, check, test and pin skills', load: () => import('./skills.ts') },
  { name: 'new', summary: 'write a new skill, agent or vertical', load: () => import('./new.ts') },
  { name: 'knowledge', summary: 'search, show and check knowledge', load: () => import('./knowledge.ts') },
  { name: 'query', summary: 'run a GraphQL operation and print its answer', load: () => import('./query.ts') },
  { name: 'tokens', summary: 'create, list and revoke tokens', load: () => import('./tokens.ts') },
  {
    name: 'secrets',
    summary: 'set, list and remove secrets, in the encrypted file or Vault',
    load: () => import('./secrets.ts'),
  },
  {
    name: 'gateway',
    summary: 'run the gateway to models alone, and keep its keys',
    load: () => import('./gateway.ts'),
  },
  { name: 'audit', summary: 'list the audit and verify its chain', load: () => import('./audit.ts') },
  { name: 'usage', summary: 'sum what models cost', load: () => import('./usage.ts') },
  { name: 'backup', summary: 'write one archive of the graph and the ledger', load: () => import('./backup.ts') },
  { name: 'restore', summary: 'fill a new data folder from an archive', load: () => import('./restore.ts') },
  { name: 'doctor', summary: 'say what is configured and what is wrong', load: () => import('./doctor.ts') },
  { name: 'version', summary: 'print the version of Kaze, and of the cell', load: () => import('./version.ts') },
];
