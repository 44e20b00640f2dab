/** Tasks of one agent that the query below needs: 40 to the fourth of them is what it would have to read. */
export const RUNAWAY_TASKS = 40;

/** Small enough for the limits, given `api.maxCost` of its highest value, and far more than any engine can do in time. */
export const RUNAWAY = `{ agents(filter: { name: { eq: "ops-assistant" } }, first: 1) { nodes { ${nested(4)} } } }`;
export const RUNAWAY_SETTINGS = { KAZE_API_MAX_COST: '10000000' } as const;

function nested(levels: number): string {
  const inner = levels === 1 ? 'id' : `id agent { ${nested(levels - 1)} }`;
  return `tasks(first: ${RUNAWAY_TASKS}) { nodes { ${inner} } }`;
}
