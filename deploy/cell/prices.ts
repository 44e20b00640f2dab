import { readFile } from 'node:fs/promises';
import { defaultPriceList, type OwnModel, ownModels, type PriceList, parsePriceFile, priceError } from '#gateway';

/**
 * The prices that come with Kaze, those of a file above them, and the models that it declares.
 * Errors: KAZE_PRICE_FILE_INVALID.
 */
export async function readPrices(
  file: string | undefined,
): Promise<{ readonly prices: PriceList; readonly own: readonly OwnModel[] }> {
  if (file === undefined) return { prices: defaultPriceList(), own: [] };
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw priceError('KAZE_PRICE_FILE_INVALID', `the price file ${file} cannot be read`, { fields: { file }, cause });
  });
  const read = parsePriceFile(text, file);
  return { prices: defaultPriceList(read), own: ownModels(read, file) };
}
