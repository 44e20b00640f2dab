import { z } from 'zod';

/** Bounds of one file's way into the graph. Sizes in words are about 8 characters each where a text has no spaces. */
export const ingestionLimitsSchema = z.strictObject({
  /** A passage is closed at the first end of a block beyond this. */
  targetWords: z.int().min(20).max(2_000).default(220),
  /** A passage never has more; longer blocks are cut between sentences. */
  maxWords: z.int().min(30).max(4_000).default(350),
  /** Passages written in one transaction; a file with more goes in hidden batches and is shown when complete. */
  batchPassages: z.int().min(1).max(5_000).default(64),
  /** First passages of a file in which entities are looked for (some 40 ms each for English prose); default all. */
  entityPassages: z.int().min(0).max(1_000_000).default(1_000_000),
  /** First passages of a file in which facts are looked for; default all. */
  factPassages: z.int().min(0).max(1_000_000).default(1_000_000),
  /** The same for rows of a sheet, whose passages say it all again: some ten rows each, a fact for each cell. */
  factRowPassages: z.int().min(0).max(1_000_000).default(200),
  /** Facts kept of one passage. */
  factsPerPassage: z.int().min(0).max(1_000).default(60),
  /** Known names of the tenant that are looked for in its texts. */
  dictionaryNames: z.int().min(0).max(200_000).default(5_000),
  /** How long known names are kept before they are read again, in ms. */
  dictionaryMaxAgeMs: z.int().min(0).max(3_600_000).default(60_000),
  /** Share of a root's sources that may go missing in one run before it is held back. */
  missingShare: z.number().min(0).max(1).default(0.2),
});

export type IngestionLimits = z.output<typeof ingestionLimitsSchema>;
export type IngestionLimitsInput = z.input<typeof ingestionLimitsSchema>;
