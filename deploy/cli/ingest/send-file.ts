import { setTimeout as delay } from 'node:timers/promises';
import type { CellClient } from '../connection/cell-client.ts';
import { SourceIngest, type SourceIngestMutation } from '../connection/operations.ts';
import { CommandError } from '../errors.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { openFile } from '../input/read-text.ts';
import { contentTypeOf } from './file-types.ts';
import type { WalkedFile } from './walk.ts';

export interface Target {
  readonly tenant: string;
  readonly vertical?: string;
  readonly root: string;
}

export interface FileResult {
  readonly name: string;
  readonly change: SourceIngestMutation['ingestSource']['change'];
  readonly source: string | null;
  readonly chunks: number;
  readonly entities: number;
  readonly knowledge: number;
  readonly error?: { readonly code: string; readonly message: string };
}

const RATE_WAITS = 5;

/** One file into the cell. What is wrong with the file is its result; only what concerns the whole run is thrown. */
export async function sendFile(
  client: CellClient,
  file: WalkedFile,
  { target, signal }: { readonly target: Target; readonly signal: AbortSignal },
): Promise<FileResult> {
  for (let tries = 1; ; tries++) {
    try {
      const { stream } = await openFile(file.path);
      const upload = await client
        .upload({ stream, name: file.name, contentType: contentTypeOf(file.name) }, { signal })
        .finally(() => stream.destroy());
      const input = { upload: upload.id, name: file.name, ...target };
      const { ingestSource: done } = await client.execute(SourceIngest, { input }, { signal });
      const { change, chunks, entities, knowledge, source } = done;
      const error = change === 'failed' ? failureOf(source) : undefined;
      return { name: file.name, change, source: source?.id ?? null, chunks, entities, knowledge, error };
    } catch (error) {
      if (!(error instanceof CommandError) || concernsAll(error)) throw error;
      if (error.code === 'KAZE_API_RATE' && tries <= RATE_WAITS) {
        const waitMs = Math.min(30, Number(error.fields.retryAfterS ?? 1)) * 1_000;
        await delay(waitMs, undefined, { signal }).catch(() => {});
        continue;
      }
      const { code, message } = error;
      return {
        name: file.name,
        change: 'failed',
        source: null,
        chunks: 0,
        entities: 0,
        knowledge: 0,
        error: { code, message },
      };
    }
  }
}

/** An error that the next file would meet as well. */
function concernsAll({ code }: CommandError): boolean {
  const exit = exitCodeOf(code);
  if (exit === EXIT.noCell || exit === EXIT.refused || exit === EXIT.interrupted) return true;
  return [
    'KAZE_API_CLOSING',
    'KAZE_API_UPLOAD_FULL',
    'KAZE_GRAPH_FULL',
    'KAZE_GRAPH_UNAVAILABLE',
    'KAZE_INGESTION_UNKNOWN_TENANT',
    'KAZE_INGESTION_UNKNOWN_VERTICAL',
    'KAZE_CLI_QUERY',
  ].includes(code);
}

function failureOf(source: SourceIngestMutation['ingestSource']['source']): FileResult['error'] {
  return {
    code: source?.errorCode ?? 'KAZE_CLI_UNEXPECTED',
    message: source?.errorMessage ?? 'the cell gave no reason',
  };
}
