import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { IngestAnswer, IngestOrder } from '../../bench/ingestion/ingest-process.ts';

const PROCESS = fileURLToPath(new URL('../../bench/ingestion/ingest-process.ts', import.meta.url));
const HEAP_MIB = 64;
/** More than the heap holds as text, whether as one string or as its passages. */
const FILE_BYTES = 40_000_000;

describe('reading and cutting a long file', () => {
  it.each(['text', 'markdown', 'csv'] as const)(
    `takes a heap of ${HEAP_MIB} MiB for ${FILE_BYTES / 1e6} MB of %s`,
    async (kind) => {
      const child = fork(PROCESS, {
        execArgv: [`--max-old-space-size=${HEAP_MIB}`, '--import', '@oxc-node/core/register'],
        silent: true,
      });
      const order: IngestOrder = { what: 'cut', kind, files: 1, bytesPerFile: FILE_BYTES };
      const ended = once(child, 'exit').then(([code, signal]) => [{ error: `ended: ${signal ?? code}` }]);
      child.send(order);
      const [message] = (await Promise.race([once(child, 'message'), ended])) as [
        { answer?: IngestAnswer; error?: string },
      ];
      child.kill('SIGKILL');
      expect(message.error).toBeUndefined();
      expect(message.answer!.passages).toBeGreaterThan(20_000);
    },
    180_000,
  );
});
