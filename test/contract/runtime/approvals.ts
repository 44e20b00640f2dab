import type { TestCell } from '../../support/agents/cell.ts';
export function approvalContract(_cell: () => TestCell): void {}
