// Tries for the lock of the folder in its first argument, says how it went, and keeps what it got until it is killed.
// A second argument is the processor that it pretends to run on.
import { acquireDataFolderLock } from '#graph-schema/adapters/data-folder-lock';

const [folder, arch = process.arch] = process.argv.slice(2);
Object.defineProperty(process, 'arch', { value: arch });
const say = (message: object): void => void process.send?.(message);
const attempt = async (): Promise<void> => {
  try {
    await acquireDataFolderLock(folder!);
    say({ won: true });
  } catch (error) {
    const { code, fields, message } = error as { code?: string; fields?: { pid?: number }; message: string };
    say({ won: false, code, holder: fields?.pid, message });
  }
};
process.on('message', () => void attempt());
process.on('disconnect', () => process.exit(0));
say({ ready: true });
