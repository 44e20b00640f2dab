/**
 * Where things belong, as data (the tree in the README of this folder says it in words). A change here is a change of
 * the architecture: it comes with a decision in docs/decisions/.
 */

const BELOW_SIBLINGS = ['platform', 'graph-schema', 'gateway'];
const BELOW_GOVERNANCE = [...BELOW_SIBLINGS, 'ingestion', 'agents', 'sync'];

/** Each folder with the folders whose public door it may import. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  'graph-schema': ['platform'],
  gateway: ['platform', 'graph-schema'],
  ingestion: BELOW_SIBLINGS,
  agents: BELOW_SIBLINGS,
  sync: BELOW_SIBLINGS,
  governance: BELOW_GOVERNANCE,
  api: [...BELOW_GOVERNANCE, 'governance'],
  deploy: [...BELOW_GOVERNANCE, 'governance', 'api'],
};

/** Doors beside `#name`, for what would be too heavy or too wide behind the first: each is a choice, named one by one. */
export const SECOND_DOORS: readonly string[] = [
  // Typed operations as plain data: the command line must not load a whole server to list tasks.
  '#api/operations',
  // Settings as plain data: commands that only look at them must not load a whole server either.
  '#api/config',
  // Readers of files with their parsers: who reads none, as a gateway that runs alone, must not hold them.
  '#platform/formats',
];

/** They look at the product from outside: any door, adapters, and single files of it by a relative path. */
export const OUTSIDE = ['test', 'bench', 'scripts', 'vitest.config.ts'];

/** The composition roots, which alone choose engines. */
export const COMPOSITION_ROOTS = ['deploy/cell/', 'deploy/gateway/'];

export interface PackagePlace {
  readonly why: string;
  /** Package names; one that ends in `/` stands for a whole scope. */
  readonly packages: readonly string[];
  /** True for a file that may import them. */
  allowed(file: string): boolean;
  readonly place: string;
}

const inAdapters = (file: string) => file.includes('/adapters/');
const isServer = (file: string) => file.startsWith('api/') || file.startsWith('gateway/http/');
const isCommandLine = (file: string) => file.startsWith('deploy/cli/');

/** Packages that only some places may import. */
export const PLACES: readonly PackagePlace[] = [
  {
    why: 'an engine behind a port',
    packages: [
      ...['@grafeo-db/', 'neo4j-driver', '@lancedb/', 'apache-arrow', '@qdrant/', '@electric-sql/', 'pg', 'kysely'],
      ...['ioredis', 'bullmq', '@nats-io/', 'nats', 'node-vault', '@energetic-ai/', '@anthropic-ai/', 'openai'],
      ...[
        '@google/',
        'ollama',
        'jose',
        '@slack/',
        'grammy',
        'nodemailer',
        'imapflow',
        'undici',
        'axios',
        'got',
        'node-fetch',
        'fs-native-extensions',
      ],
    ],
    allowed: inAdapters,
    place: 'an adapters/ folder, behind a port',
  },
  {
    why: 'an HTTP server',
    packages: [
      'fastify',
      '@fastify/',
      'express',
      '@apollo/',
      '@as-integrations/',
      'node:http',
      'node:https',
      'node:http2',
    ],
    allowed: (file) => isServer(file) || inAdapters(file),
    place: 'api/ or gateway/http/',
  },
  {
    why: 'GraphQL',
    packages: [
      'type-graphql',
      'graphql-jit',
      'graphql-scalars',
      'class-validator',
      '@graphql-yoga/',
      '@graphql-codegen/',
    ],
    allowed: (file) => file.startsWith('api/'),
    place: 'api/',
  },
  {
    why: 'GraphQL and its live connections',
    packages: ['graphql', 'graphql-ws', 'ws'],
    allowed: (file) => file.startsWith('api/') || isCommandLine(file),
    place: 'api/, and as a client in deploy/cli/',
  },
  {
    why: 'the command line',
    packages: ['commander'],
    allowed: (file) => file.startsWith('deploy/'),
    place: 'deploy/',
  },
];

/** Packages without connections or processes of their own; any folder may use them. */
export const FREE_PACKAGES: readonly string[] = [
  ...[
    'zod',
    'yaml',
    'uuid',
    'pino',
    'prom-client',
    'reflect-metadata',
    '@oxc-node/',
    '@oxc-project/',
    'oxc-transform',
    '@opentelemetry/',
    'graphology',
  ],
  ...['graphology-communities-louvain', 'graphology-shortest-path'],
  ...['graphology-types', 'graphology-components', 'graphology-operators'],
  // Texts and file formats.
  ...['@orama/stemmers', '@orama/stopwords', 'ajv', 'canonicalize', 'chardet', 'fastest-levenshtein', 'iconv-lite'],
  ...[
    'marked',
    'parse5',
    'tar',
    'unpdf',
    'ignore',
    'compromise',
    'd3-shape',
    'diff',
    'libphonenumber-js',
    'ibantools',
    'stdnum',
    'robots-parser',
    'bignumber.js',
    'linkify-it',
    'validator',
    'jsonrepair',
    'syllable',
  ],
];

/** Words that say nothing about a file; a file is named for what it exports. */
export const EMPTY_NAMES = ['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'manager', 'managers'];

export const MAX_LINES = 400;
