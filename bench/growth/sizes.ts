/** How many of each there are; relationships are filled up with mentions to exactly `relationships`. */
export interface Size {
  readonly name: 'small' | 'large';
  readonly nodes: number;
  readonly relationships: number;
  readonly chunks: number;
  readonly sources: number;
  readonly entities: number;
  readonly knowledge: number;
  readonly outcomes: number;
  readonly tasks: number;
  readonly steps: number;
  readonly agents: number;
}

const LARGE: Size = {
  ...{ name: 'large', nodes: 500_000, relationships: 2_000_000, chunks: 200_000, sources: 8_000, entities: 30_000 },
  ...{ knowledge: 20_000, outcomes: 10_000, tasks: 12_000, steps: 100_000, agents: 100 },
};

export const SIZES: Readonly<Record<Size['name'], Size>> = {
  large: LARGE,
  small: {
    ...{ name: 'small', nodes: 50_000, relationships: 200_000, chunks: 20_000, sources: 800, entities: 3_000 },
    ...{ knowledge: 2_000, outcomes: 1_000, tasks: 1_200, steps: 10_000, agents: 100 },
  },
};

/** Twenty clients: one with a tenth of everything, one with a hundredth, the others alike. */
export const TENANTS = Array.from({ length: 20 }, (_, at) => `client-${String(at).padStart(2, '0')}`);
export const TENTH = TENANTS[0]!;
export const HUNDREDTH = TENANTS[1]!;

const shareBefore = (tenant: number) =>
  tenant === 0 ? 0 : tenant === 1 ? 0.1 : 0.11 + ((tenant - 2) * 0.89) / (TENANTS.length - 2);

/** The range of indexes, of `count` things, that belong to a client. */
export function rangeOf(tenant: number, count: number): { from: number; to: number } {
  const to = tenant === TENANTS.length - 1 ? count : Math.round(shareBefore(tenant + 1) * count);
  return { from: Math.round(shareBefore(tenant) * count), to };
}

export function tenantOf(index: number, count: number): number {
  for (let tenant = TENANTS.length - 1; tenant > 0; tenant--) if (index >= rangeOf(tenant, count).from) return tenant;
  return 0;
}
