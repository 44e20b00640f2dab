import { COMMON_PROPERTIES, type GraphSchema, type NodeFamily, type PropertyDefinition } from '#graph-schema';

const FAMILIES: Readonly<Record<Exclude<NodeFamily, 'system'>, string>> = {
  actors: 'Actors: who acts, and for whom',
  capability: 'Capability: what can be done',
  work: 'Work: what was asked, done, judged and decided',
  knowledge: 'Knowledge: what is known, and from where',
  sharing: 'Sharing: what leaves and enters a cell',
};

/** The page about the graph, from the definitions; internal types and properties are left out. */
export function graphSchemaPage(schema: GraphSchema): string {
  const lines = [
    '# The graph',
    '',
    '<!-- Made from graph-schema/definitions/nodes by `npm run docs`; do not edit. -->',
    '',
    'Everything that matters is a node or a relationship. Each type below is one file in `graph-schema/definitions/nodes/`; constraints, validation, TypeScript types, GraphQL types and the text of nested reads are derived from it.',
    '',
    'Every node has these properties, which only the store sets:',
    '',
    ...propertyTable(COMMON_PROPERTIES),
    '',
    'Times are epoch milliseconds in the graph and ISO 8601 at the edges. A relationship belongs to the scope of its start: writing it needs a right to write the start and to read the end, seeing it needs a right to read both.',
  ];
  for (const [family, title] of Object.entries(FAMILIES)) {
    lines.push('', `## ${title}`);
    const types = [...schema.types.values()].filter(
      ({ definition }) => definition.family === family && !definition.internal,
    );
    for (const { definition, relations } of types.sort((a, b) => (a.definition.name < b.definition.name ? -1 : 1))) {
      const marks = [
        definition.searchable ? `searched by ${definition.searchable.join(' and ')}` : '',
        definition.revisioned ? 'each change leaves a Revision' : '',
        definition.published ? 'changes are told to subscribers' : '',
      ].filter(Boolean);
      lines.push(
        '',
        `### ${definition.name}`,
        '',
        `${definition.describe}${marks.length > 0 ? ` (${marks.join('; ')})` : ''}`,
      );
      lines.push('', ...propertyTable(definition.properties));
      const shown = Object.values(relations).filter(({ internal }) => !internal);
      if (shown.length > 0) {
        lines.push('', '| relation | to | relationship | meaning |', '| --- | --- | --- | --- |');
        for (const { name, target, many, type, direction, describe } of shown) {
          const arrow = direction === 'out' ? `-[${type}]->` : `<-[${type}]-`;
          lines.push(
            `| \`${name}\` | ${many ? `many ${target}` : target} | \`${arrow}\` | ${direction === 'out' ? describe : 'the other way round'} |`,
          );
        }
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

function propertyTable(properties: Readonly<Record<string, PropertyDefinition>>): string[] {
  const shown = Object.entries(properties).filter(([, { internal }]) => !internal);
  if (shown.length === 0) return [];
  const rows = shown.map(([name, property]) => {
    const kind = property.values ? property.values.map((value) => `\`${value}\``).join(', ') : property.kind;
    const marks = [property.optional ? 'optional' : '', property.immutable ? 'never changes' : ''].filter(Boolean);
    return `| \`${name}\` | ${kind}${marks.length > 0 ? ` (${marks.join(', ')})` : ''} | ${property.describe} |`;
  });
  return ['| property | kind | meaning |', '| --- | --- | --- |', ...rows];
}
