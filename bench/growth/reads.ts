import type { ReadPlan, RelationRead } from '#graph-schema';

const first = (field: string, count: number, select: RelationRead['select']): RelationRead => ({
  field,
  page: { first: count },
  select,
});
const one = (field: string, select: RelationRead['select']): RelationRead => ({ field, select });
const source = one('source', { properties: { id: 'id', name: 'name' } });
const passage = { properties: { id: 'id', text: 'text', headings: 'headings' }, relations: { source } };

/** One passage by its id. */
export const pointRead = (id: string): ReadPlan => ({
  roots: [{ key: 'chunk', node: 'Chunk', find: { by: 'id', id }, select: { properties: passage.properties } }],
});

/** What an outcome rests on, down to the files: 5 facts with 2 passages each, some 26 objects. */
export const threeHops = (id: string): ReadPlan => {
  const chunks = first('chunks', 10, passage);
  const knowledge = first('knowledge', 10, { properties: { id: 'id', title: 'title' }, relations: { chunks } });
  const select = { properties: { id: 'id', summary: 'summary' }, relations: { knowledge } };
  return { roots: [{ key: 'outcome', node: 'Outcome', find: { by: 'id', id }, select }] };
};

/** What else is said of the things that a passage mentions, some of which thousands of passages mention. */
export const throughHubs = (id: string): ReadPlan => {
  const chunks = first('chunks', 3, passage);
  const entities = first('entities', 10, { properties: { id: 'id', name: 'name' }, relations: { chunks } });
  const select = { properties: { id: 'id' }, relations: { entities } };
  return { roots: [{ key: 'chunk', node: 'Chunk', find: { by: 'id', id }, select }] };
};

/** The same for the HTTP edge. */
export const pointQuery = 'query Passage($id: ID!) { chunk(id: $id) { id text headings } }';
export const threeHopQuery = `query RestsOn($id: ID!) { outcome(id: $id) { id summary
  knowledge(first: 10) { nodes { id title chunks(first: 10) { nodes { id text headings source { id name } } } } } } }`;
export const searchQuery = `query Search($text: String!, $tenant: String) {
  searchKnowledge(input: { text: $text, tenant: $tenant }) { hits { score excerpt node { __typename id } } } }`;
