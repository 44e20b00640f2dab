import { afterAll, beforeAll } from 'vitest';
import type { GraphEngine } from '#graph-schema';
import { openTestCell, type TestCell } from '../../support/agents/cell.ts';
import { approvalContract } from './approvals.ts';
import { failureContract } from './failures.ts';
import { lifeContract } from './life.ts';
import { partsContract } from './parts.ts';
import { submissionContract } from './submission.ts';
import { workerContract } from './workers.ts';

export interface EngineForAgents {
  readonly engine: GraphEngine;
  close(): Promise<void>;
}

/** What agents and governance promise, on a real engine. */
export function runtimeContract(open: () => Promise<EngineForAgents>): void {
  let opened: EngineForAgents;
  let cell: TestCell;
  beforeAll(async () => {
    opened = await open();
    cell = await openTestCell(opened.engine);
  });
  afterAll(async () => {
    await cell?.close();
    await opened?.close();
  });
  const get = () => cell;
  submissionContract(get);
  lifeContract(get);
  partsContract(get);
  workerContract(get);
  failureContract(get);
  approvalContract(get);
}
