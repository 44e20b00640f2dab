import type { SourceService, Uploads } from '#api';
import type { Ingestion } from '#ingestion';

/** Files come in as uploads: each is handed to ingestion, and given up once it was taken in. */
export function createSourceService(ingestion: Ingestion, uploads: Uploads): SourceService {
  return {
    async ingest(principal, { upload, ...source }, { signal }) {
      const { id, bytes, sha256 } = upload;
      const open = async () => (await uploads.open(principal, id)).stream;
      const taken = await ingestion.ingest(principal, { ...source, content: { open, bytes, sha256 } }, { signal });
      await uploads.remove(principal, id);
      return taken;
    },
    finishRoot: (principal, run, { signal }) => ingestion.finishRoot(principal, run, { signal }),
    erase: (principal, id, reason) => ingestion.erase(principal, id, reason),
  };
}
