import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { CellProcess } from './cell-process.ts';

export interface CellOfFile {
  readonly cell: CellProcess;
  /** For files of the tests; the cell's data lie beneath it. */
  readonly folder: string;
}

/** A whole cell for the tests of a file, up before the first of them and gone, with its folder, after the last. */
export function cellOfFile(name: string, settings: Readonly<Record<string, string>> = {}): CellOfFile {
  let started: CellOfFile | undefined;
  const place = (): CellOfFile => {
    if (!started) throw new Error('the cell of a file is there in its tests only');
    return started;
  };
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), `kaze-${name}-`));
    started = { folder, cell: new CellProcess(join(folder, 'data'), settings) };
    await started.cell.start();
  }, 180_000);
  afterAll(async () => {
    await started?.cell.stop();
    if (started) rmSync(started.folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    get cell() {
      return place().cell;
    },
    get folder() {
      return place().folder;
    },
  };
}
