/** Names of the example clients in a cell, in the order in which they are shown. */
export const DEMO_NAMES = ['demo-bakery', 'demo-software', 'demo-law'] as const;
export type DemoName = (typeof DEMO_NAMES)[number];
