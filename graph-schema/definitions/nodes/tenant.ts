import { defineNode } from '../../domain/definition.ts';

/** A client of the studio. `--client` and `--tenant` mean the same. */
export const Tenant = defineNode({
  name: 'Tenant',
  plural: 'tenants',
  family: 'actors',
  describe: 'A client: the owner of everything in the scope tenant:<name>.',
  properties: {
    name: {
      kind: 'string',
      describe: 'Short name, as in its scope.',
      immutable: true,
      pattern: /^[a-z0-9][a-z0-9-]{0,62}$/,
    },
    title: { kind: 'string', describe: 'Name as people write it.' },
    description: { kind: 'text', describe: 'What the client does, in a sentence or two.', optional: true },
    language: { kind: 'string', describe: 'Main language, BCP 47.', optional: true, max: 35 },
    country: {
      kind: 'string',
      describe: 'Country whose telephone numbers it writes without a prefix, ISO 3166-1 alpha-2.',
      optional: true,
      pattern: /^[A-Z]{2}$/,
    },
  },
  edges: {},
});
