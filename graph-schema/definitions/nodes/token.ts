import { defineNode } from '../../domain/definition.ts';

export const Token = defineNode({
  name: 'Token',
  plural: 'tokens',
  family: 'system',
  internal: true,
  describe: 'A credential: only its hash is kept.',
  properties: {
    hash: { kind: 'string', describe: 'SHA-256 of the token, hex.', immutable: true, indexed: true },
    name: { kind: 'string', describe: 'What it is for.', immutable: true },
    owner: { kind: 'string', describe: 'Id of the Person or Agent it belongs to.', immutable: true, indexed: true },
    ownerType: { kind: 'enum', describe: 'What the owner is.', values: ['Person', 'Agent'], immutable: true },
    role: {
      kind: 'enum',
      describe: 'What it allows.',
      values: ['viewer', 'reviewer', 'curator', 'operator', 'admin', 'agent'],
      immutable: true,
    },
    tenant: {
      kind: 'string',
      describe: 'The only client it reaches; none for the whole cell.',
      optional: true,
      immutable: true,
    },
    expiresAt: { kind: 'instant', describe: 'When it ends by itself.', optional: true, immutable: true },
    revokedAt: { kind: 'instant', describe: 'When it was ended.', optional: true },
    lastUsedAt: { kind: 'instant', describe: 'When it was used last, to the minute.', optional: true },
  },
  edges: {},
});
