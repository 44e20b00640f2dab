import { defineErrors } from '#platform';

export const ingestionError = defineErrors({
  KAZE_INGESTION_UNKNOWN_TENANT: {
    kind: 'caller',
    status: 404,
    when: 'A file was handed in for a client that does not exist, or that the caller may not see.',
    remedy: 'Use the short name of an existing client; the message names the nearest.',
  },
  KAZE_INGESTION_UNKNOWN_VERTICAL: {
    kind: 'caller',
    status: 404,
    when: 'A file was said to matter for a vertical that is not loaded.',
    remedy: 'Use the short name of a loaded vertical; the message names the nearest.',
  },
  KAZE_INGESTION_BAD_NAME: {
    kind: 'caller',
    status: 400,
    when: 'The name of a file or of its root is empty, too long, or holds control characters.',
    remedy: 'Name the file by its path within its folder, at most 1,000 characters; a root at most 500.',
  },
  KAZE_INGESTION_NO_TEXT: {
    kind: 'caller',
    status: 422,
    when: 'A file could be read but holds no text: an empty table, or a PDF made of pictures only.',
    remedy: 'Export it with its text, or run character recognition over it first.',
  },
  KAZE_INGESTION_CHANGED_MEANWHILE: {
    kind: 'environment',
    status: 409,
    retryable: true,
    when: 'The same file was handed in by several callers at once until the retries were used up.',
    remedy: 'Hand it in again.',
  },
  KAZE_INGESTION_UNKNOWN_SOURCE: {
    kind: 'caller',
    status: 404,
    when: 'No source with this id exists within what the caller may see.',
    remedy: 'Check the id; `kaze sources` lists what there is.',
  },
});
