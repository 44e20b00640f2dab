import { createHash } from 'node:crypto';
import type { Json, SkillContext } from '../handler.ts';

/** The PDF where the cell has a printer; a report without one is a report. */
export async function printed(
  html: string,
  { print, logger, signal }: Pick<SkillContext, 'logger' | 'print'> & { readonly signal?: AbortSignal },
): Promise<{ file: Json; notes: string[] }> {
  if (!print) {
    return {
      file: null,
      notes: ['There is no PDF: this cell has no Chromium that could print one. The page prints from any browser.'],
    };
  }
  try {
    const bytes = Buffer.from(await print(html));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return {
      file: { media_type: 'application/pdf', bytes: bytes.length, sha256, base64: bytes.toString('base64') },
      notes: [],
    };
  } catch (error) {
    if (signal?.aborted) throw error;
    logger.warn({ err: error }, 'a report could not be printed');
    return {
      file: null,
      notes: ['There is no PDF: the browser that prints it failed. The page prints from any browser.'],
    };
  }
}
