import { rm } from 'node:fs/promises';

/**
 * Removes the folder of a cell that was killed: its embedded engine's process sees that it is alone only a moment
 * later, and may still write there while the folder is being emptied.
 */
export function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
