import type { ApiConfig } from '../config.ts';
import { apiError } from '../errors.ts';

export type OperationLimits = Pick<
  ApiConfig,
  'maxDepth' | 'maxCost' | 'maxFields' | 'maxRootFields' | 'maxPage' | 'readTimeoutMs' | 'verbTimeoutMs'
>;

/**
 * Counts what one operation asks for while it is compiled. Cost is the number of nodes that its pages can hold: each
 * list multiplies what lies below it by its `first`.
 */
export class OperationMeter {
  #fields = 0;
  #cost = 0;
  #depth = 0;

  constructor(readonly limits: OperationLimits) {}

  readonly field = (): void => {
    this.#fields++;
    if (this.#fields > this.limits.maxFields) {
      throw apiError(
        'KAZE_API_FIELDS',
        `the operation has more than ${this.limits.maxFields} fields once its fragments are expanded; split it`,
        { fields: { allowed: this.limits.maxFields } },
      );
    }
  };

  nodes(count: number, depth: number): void {
    this.#cost += count;
    this.#depth = Math.max(this.#depth, depth);
    // Nothing this deep can be allowed; stop before the walk itself becomes work.
    if (depth > 200) this.check();
  }

  page(first: unknown, field: string): number {
    const size = first === undefined || first === null ? undefined : Number(first);
    if (size === undefined) throw apiError('KAZE_API_INPUT', `${field}: first must be a number`, { fields: { field } });
    if (size < 1 || size > this.limits.maxPage) {
      throw apiError(
        'KAZE_API_PAGE',
        `${field}: first is ${size}, allowed is 1 to ${this.limits.maxPage}; follow pageInfo.endCursor with "after"`,
        { fields: { field, first: size, allowed: this.limits.maxPage } },
      );
    }
    return size;
  }

  roots(count: number): void {
    if (count <= this.limits.maxRootFields) return;
    throw apiError(
      'KAZE_API_FIELDS',
      `the operation has ${count} root fields (aliases count each), allowed are ${this.limits.maxRootFields}; split it`,
      { fields: { rootFields: count, allowed: this.limits.maxRootFields } },
    );
  }

  get cost(): number {
    return this.#cost;
  }

  /** Errors: KAZE_API_DEPTH, KAZE_API_COST. */
  check(): void {
    if (this.#depth > this.limits.maxDepth) {
      throw apiError(
        'KAZE_API_DEPTH',
        `the operation nests ${this.#depth} levels of nodes, allowed are ${this.limits.maxDepth}; ask in two steps`,
        { fields: { depth: this.#depth, allowed: this.limits.maxDepth } },
      );
    }
    if (this.#cost > this.limits.maxCost) {
      throw apiError(
        'KAZE_API_COST',
        `the operation costs ${this.#cost} (nodes that its pages can hold), allowed is ${this.limits.maxCost}; ` +
          'give smaller "first" values, above all in inner lists',
        { fields: { cost: this.#cost, allowed: this.limits.maxCost } },
      );
    }
  }
}
