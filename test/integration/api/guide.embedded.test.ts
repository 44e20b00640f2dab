import { readFileSync } from 'node:fs';
import { type OperationDefinitionNode, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApiSchema, exampleQueries } from '#api';
import { schema as graph } from '#graph-schema';
import { startTestCell, type TestCell, TOKENS } from './cell.ts';

const guide = readFileSync(new URL('../../../docs/graphql.md', import.meta.url), 'utf8');
const blocks = [...guide.matchAll(/^```graphql\n([\s\S]*?)^```/gm)].map((match) => match[1]!);
const { schema } = buildApiSchema(graph);

let cell: TestCell;
beforeAll(async () => {
  cell = await startTestCell();
});
afterAll(() => cell?.close());

const named = (text: string) => (parse(text).definitions[0] as OperationDefinitionNode).name!.value;

describe.each([
  ['the GraphQL guide', blocks],
  ['the playground', exampleQueries.map(({ query }) => query)],
])('an example of %s', (_where, texts) => {
  it.each(texts.map((text) => [named(text), text] as const))('%s is valid and runs', async (_name, text) => {
    const document = parse(text);
    expect(validate(schema, document)).toEqual([]);
    const operation = document.definitions[0] as OperationDefinitionNode;
    if (operation.operation === 'subscription') return;
    const variables = operation.variableDefinitions?.length ? { id: cell.ids.tasks[0] } : undefined;
    // A client that is not there yet is beyond the reach of another one's token.
    const token = text.includes('createTenant') ? TOKENS.admin : TOKENS.acme;
    const { data, errors } = await cell.graphql(text, { variables, token });
    expect(errors).toBeUndefined();
    expect(Object.values(data)[0]).not.toBeNull();
  });
});
