import type { TestCell } from '../../support/agents/cell.ts';
export function failureContract(_cell: () => TestCell): void {}
