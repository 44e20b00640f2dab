/**
 * One process for one data folder.
 *
 *     const lock = await acquireDataFolderLock('/var/lib/kaze');
 *     // … open everything else …
 *     await lock.release();
 */
export { acquireDataFolderLock, type DataFolderLock } from './lock.ts';
