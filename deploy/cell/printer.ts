import type { PagePrinter } from '#agents';
import type { Logger } from '#platform';
import type { CellConfig } from './config.ts';

/** The printer of reports; undefined where there is no Chromium: reports then come without a PDF and say so. */
export async function openPrinter(
  { chromium }: CellConfig['printer'],
  { searchPath, logger }: { readonly searchPath: string; readonly logger: Logger },
): Promise<PagePrinter | undefined> {
  if (chromium === 'none') return undefined;
  const { createChromiumPrinter, findChromium } = await import('#agents/adapters/page-printer/chromium');
  const program = chromium ?? (await findChromium(searchPath));
  if (program === undefined) return undefined;
  logger.debug({ program }, 'reports are printed with this program');
  return createChromiumPrinter({ program });
}
