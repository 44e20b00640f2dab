import type { TestCell } from '../../support/agents/cell.ts';
export function workerContract(_cell: () => TestCell): void {}
