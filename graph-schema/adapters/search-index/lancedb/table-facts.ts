import type { Table } from '@lancedb/lancedb';
import { hasVectorIndex } from './table.ts';

const MAX_SIZES = 1_000;

/** What searches need to know of a table besides its rows: true as of the last write, and forgotten with each. */
export class TableFacts {
  private readonly sizes = new Map<string, number>();
  private readonly complete = new Map<string, boolean>();
  private approximate: boolean | undefined;
  private writes = 0;

  constructor(private readonly table: () => Table) {}

  /** To be called after each write, also of an index. */
  forget(): void {
    this.writes += 1;
    this.sizes.clear();
    this.complete.clear();
    this.approximate = undefined;
  }

  async hasVectorIndex(): Promise<boolean> {
    if (this.approximate !== undefined) return this.approximate;
    const asOf = this.writes;
    const found = await hasVectorIndex(this.table());
    if (asOf === this.writes) this.approximate = found;
    return found;
  }

  /** How many rows a filter leaves; saves a count before each search. */
  async size(filter: string): Promise<number> {
    const known = this.sizes.get(filter);
    if (known !== undefined) return known;
    const asOf = this.writes;
    const size = await this.table().countRows(filter);
    if (this.sizes.size >= MAX_SIZES) this.sizes.clear();
    if (asOf === this.writes) this.sizes.set(filter, size);
    return size;
  }

  /**
   * Whether every row has a vector of this model, so that it needs no filter and no look at each hit. No until it is
   * known: the search at hand does not wait for the count.
   *
   * @param model of a shape that `input.ts` has checked
   */
  everyRowHas(model: string): boolean {
    const known = this.complete.get(model);
    if (known !== undefined) return known;
    this.complete.set(model, false);
    const asOf = this.writes;
    this.table()
      .countRows(`model <> '${model}'`)
      .then(
        (others) => {
          if (asOf === this.writes) this.complete.set(model, others === 0);
        },
        // Then searches go on as if some row had none.
        () => undefined,
      );
    return false;
  }
}
