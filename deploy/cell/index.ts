/**
 * The composition root of a cell: the one place that chooses engines and joins the parts.
 *
 * @example
 * const loaded = loadCellConfig({ env: process.env, flags: { 'data.dir': '/var/lib/kaze' } });
 * const cell = await startCell({ loaded, kazeVersion: '0.1.0' });
 * await cell.stop();
 */
export { type RunningCell, type StartCellOptions, startCell } from './cell.ts';
export { type CellConfig, CLUSTERED, cellSections, loadCellConfig } from './config.ts';
export { restoreCell } from './restore-cell.ts';
