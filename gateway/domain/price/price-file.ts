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
  /** The day (ISO, UTC) from which it counts; without it, always. */
  from: z.iso.date().optional(),
  ...rates,
  /** All tokens of a call whose input is longer than this cost these instead. */
  long: z
    .strictObject({ aboveInputTokens: z.number().int().min(1), ...rates, input: dollars, output: dollars })
    .optional(),
  date: z.iso.date().optional(),
  source: z.string().max(500).optional(),
});

const line = z.union([
  modelPrice,
  z
    .array(modelPrice)
    .min(1)
    .refine((prices) => new Set(prices.map(({ from }) => from)).size === prices.length, {
      message: 'two prices of one model begin on the same day (from)',
    }),
]);

const tokens = z.number().int().min(1).max(100_000_000);

const modelOffer = z.strictObject({
  /** A model that Kaze knows: what is not said here is as there. */
  like: z.string().optional(),
  tiers: z.array(z.enum(['fast', 'balanced', 'best'])).optional(),
  contextTokens: tokens.optional(),
  maxOutputTokens: tokens.optional(),
  /** That an image takes at most. */
  imageTokens: tokens.optional(),
  /** Length of its vectors. */
  dimensions: tokens.optional(),
  capabilities: z
    .strictObject({
      ...{ chat: z.boolean(), tools: z.boolean(), vision: z.boolean(), json: z.boolean(), embeddings: z.boolean() },
      ...{ reasoning: z.boolean(), showsThoughts: z.boolean(), effortWithTools: z.enum(['any', 'none', 'unsaid']) },
      ...{ temperature: z.boolean(), penalties: z.boolean(), stop: z.boolean() },
    })
    .partial()
    .optional(),
});

const name = z.string().regex(/^[^/\s]+\/\S+$/, 'a model is named provider/model');

export const priceFileSchema = z.strictObject({
  /** When the prices were read (ISO date). */
  date: z.iso.date(),
  source: z.string().min(1).max(500),
  currency: z.literal('USD').default('USD'),
  per: z.literal('1,000,000 tokens').default('1,000,000 tokens'),
  /** By `provider/model`, a price or several with their days; `provider/*` stands for every other model of a provider. */
  models: z.record(name, line),
  /** By `provider/model`: what models can do that Kaze does not know, or knows wrongly. */
  offer: z.record(name.regex(/[^*]$/, 'an offer is of one model'), modelOffer).optional(),
});

export type ModelPrice = z.infer<typeof modelPrice>;
export type ModelOffer = z.infer<typeof modelOffer>;
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
  throw wrongPriceFile(
    fileName,
    result.error.issues.flatMap((issue) => placesOf(issue)),
  );
}

/** @param problems each with its place in the file, `models.a/b.input: …` */
export function wrongPriceFile(fileName: string, problems: readonly string[]): Error {
  const some = problems.slice(0, 10);
  return priceError('KAZE_PRICE_FILE_INVALID', `the price file ${fileName} is wrong: ${some.join('; ')}`, {
    fields: { file: fileName, problems: some },
  });
}

/** What is wrong, and where: of a line that may be one price or a list of them, as the one that it is. */
function placesOf(issue: z.core.$ZodIssue, above: readonly PropertyKey[] = []): string[] {
  const path = [...above, ...issue.path];
  const inner =
    issue.code === 'invalid_key'
      ? issue.issues
      : issue.code === 'invalid_union'
        ? issue.errors.find((issues) => issues.some((one) => one.path.length > 0))
        : undefined;
  if (inner) return inner.flatMap((one) => placesOf(one, path));
  return [`${path.map(String).join('.') || 'file'}: ${issue.message}`];
}
