import { parse } from 'yaml';
import { z } from 'zod';
import { priceError } from './errors.ts';

const dollars = z.number().finite().min(0).max(1_000_000);

/** US dollars for a million tokens of each kind. A kind without its own price costs what the line above it in the docs says. */
const rates = {
  input: dollars,
  output: dollars,
  /** Input that the provider had kept; without it, the price of input. */
  cached: dollars.optional(),
  /** Input that the provider keeps for minutes; without it, the price of input. */
  cacheWrite: dollars.optional(),
  /** Input that the provider keeps for an hour; without it, the price of `cacheWrite`. */
  cacheWriteHour: dollars.optional(),
  /** Without it, the price of output. */
  reasoning: dollars.optional(),
};

const modelPrice = z.strictObject({
  ...rates,
  /** All tokens of a call whose input is longer than this cost these instead. */
  long: z
    .strictObject({ aboveInputTokens: z.number().int().min(1), ...rates, input: dollars, output: dollars })
    .optional(),
  date: z.iso.date().optional(),
  source: z.string().max(500).optional(),
});

export const priceFileSchema = z.strictObject({
  /** When the prices were read (ISO date). */
  date: z.iso.date(),
  source: z.string().min(1).max(500),
  currency: z.literal('USD').default('USD'),
  per: z.literal('1,000,000 tokens').default('1,000,000 tokens'),
  /** By `provider/model`; `provider/*` stands for every other model of a provider. */
  models: z.record(z.string().regex(/^[^/\s]+\/\S+$/), modelPrice),
});

export type ModelPrice = z.infer<typeof modelPrice>;
export type PriceFile = z.infer<typeof priceFileSchema>;

/**
 * Reads a price file (YAML or JSON), such as one that stands above the shipped prices.
 * Errors: KAZE_PRICE_FILE_INVALID, which names the file and every wrong place.
 */
export function parsePriceFile(text: string, fileName: string): PriceFile {
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw priceError('KAZE_PRICE_FILE_INVALID', `the price file ${fileName} is neither YAML nor JSON`, {
      fields: { file: fileName },
      cause,
    });
  }
  const result = priceFileSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues
    .slice(0, 10)
    .map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
  throw priceError('KAZE_PRICE_FILE_INVALID', `the price file ${fileName} is wrong: ${problems.join('; ')}`, {
    fields: { file: fileName, problems },
  });
}
