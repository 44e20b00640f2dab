import { readFile } from 'node:fs/promises';
import { defaultPriceList, type PriceList, parsePriceFile, priceError } from '#gateway';

/** The prices that come with Kaze, and those of a file above them. Errors: KAZE_PRICE_FILE_INVALID. */
export async function readPrices(file: string | undefined): Promise<PriceList> {
  if (file === undefined) return defaultPriceList();
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw priceError('KAZE_PRICE_FILE_INVALID', `the price file ${file} cannot be read`, { fields: { file }, cause });
  });
  return defaultPriceList(parsePriceFile(text, file));
}
