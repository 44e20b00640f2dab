import { z } from 'zod';
import { type ApiConfig, apiConfigSchema } from '#api/config';
import {
  type ConfigSources,
  type ConfigValues,
  defineConfig,
  type Field,
  field,
  KazeError,
  loadConfig,
  NAME_PATTERN,
} from '#platform';
import { authProblems, authSection } from './auth-settings.ts';
import { secretsProblems, secretsSection } from './secrets-settings.ts';

type ApiFields = { readonly [K in keyof ApiConfig]: Field<ApiConfig[K]> };

/** The API declares its options with zod; here they become settings like the others. */
function apiFields(): ApiFields {
  const fields = Object.entries(apiConfigSchema.shape).map(([name, schema]) => {
    const fallback: unknown = schema.parse(undefined);
    const options = { default: fallback as never, meaning: schema.description ?? name };
    const { minimum, maximum } = z.toJSONSchema(schema) as { minimum?: number; maximum?: number };
    const range = { least: minimum, most: maximum };
    const declared = typeof fallback === 'number' ? field.number({ ...options, ...range }) : field.text(options);
    return [name, declared];
  });
  return Object.fromEntries(fields) as ApiFields;
}

const WEB = ['http', 'https'] as const;
const POSTGRES = ['postgres', 'postgresql'] as const;

/** Everything that can be set about a cell. `docs/configuration.md` is made from this. */
export const cellSections = [
  defineConfig('cell', {
    name: field.text({
      default: 'main',
      pattern: NAME_PATTERN,
      form: 'name of lower-case letters, digits and dashes',
      meaning: 'Name of the cell; sets its subjects and keys apart on shared servers.',
    }),
  }),
  defineConfig('data', {
    dir: field.text({
      default: '.kaze',
      meaning: 'Folder that holds everything of an embedded cell, and its credentials.',
    }),
    filesDir: field.text({
      meaning: 'Folder of task files and uploads, one for all processes of a cell; the data folder when left out.',
    }),
  }),
  defineConfig('log', {
    level: field.oneOf(['debug', 'info', 'warn', 'error', 'silent'], {
      default: 'warn',
      meaning: 'Least level of lines that are logged.',
    }),
  }),
  defineConfig('api', {
    ...apiFields(),
    token: field.text({
      secret: true,
      pattern: /^[\w~+/.=-]{16,512}$/,
      form: 'token of 16 to 512 letters, digits and . _ ~ + / = -',
      meaning: 'A token given from outside: it is the administrator’s as long as it is set.',
    }),
  }),
  authSection,
  defineConfig('graph', {
    engine: field.oneOf(['grafeo', 'neo4j'], { default: 'grafeo', meaning: 'Graph database: embedded or a server.' }),
    url: field.url({ protocols: ['bolt', 'bolt+s', 'neo4j', 'neo4j+s'], meaning: 'Address of Neo4j.' }),
    user: field.text({ default: 'neo4j', meaning: 'User of Neo4j.' }),
    password: field.text({ secret: true, meaning: 'Password of Neo4j.' }),
    database: field.text({ meaning: 'Database on the Neo4j server; its default one when left out.' }),
    memoryBytes: field.integer({
      default: 4 * 2 ** 30,
      least: 256 * 2 ** 20,
      meaning: 'Memory of the embedded graph process, bytes, at which the query that takes most time is ended.',
    }),
  }),
  defineConfig('ledger', {
    engine: field.oneOf(['pglite', 'postgres'], { default: 'pglite', meaning: 'Ledger: embedded or a server.' }),
    url: field.url({ protocols: POSTGRES, secret: true, meaning: 'Address of PostgreSQL, with its credentials.' }),
    schema: field.text({
      default: 'kaze',
      pattern: /^[a-z_][a-z0-9_]{0,62}$/,
      meaning: 'Schema of the ledger’s tables.',
    }),
  }),
  defineConfig('bus', {
    engine: field.oneOf(['memory', 'nats'], { default: 'memory', meaning: 'Event bus: in the process or a server.' }),
    url: field.url({ protocols: ['nats', 'tls'], secret: true, meaning: 'Address of NATS.' }),
  }),
  defineConfig('queue', {
    engine: field.oneOf(['local', 'bullmq'], { default: 'local', meaning: 'Job queue: embedded or on Redis.' }),
    url: field.url({ protocols: ['redis', 'rediss'], secret: true, meaning: 'Address of Redis.' }),
  }),
  secretsSection,
  defineConfig('models', {
    anthropicUrl: field.url({ protocols: WEB, meaning: 'Address to reach Anthropic at, in place of its own.' }),
    openaiUrl: field.url({ protocols: WEB, meaning: 'Address to reach OpenAI at, with its /v1, in place of its own.' }),
    googleUrl: field.url({ protocols: WEB, meaning: 'Address to reach Google’s models at, in place of its own.' }),
    ollamaUrl: field.url({ protocols: WEB, meaning: 'Address of Ollama; without one it is not used.' }),
    compatibleUrl: field.url({
      protocols: WEB,
      meaning: 'Address, with its /v1, of a server that speaks OpenAI’s interface; its models are asked of it.',
    }),
    compatibleName: field.text({
      default: 'compatible',
      pattern: NAME_PATTERN,
      form: 'name of lower-case letters, digits and dashes',
      meaning: 'What that server is called; its key, if it takes one, is the secret providers/<name>/studio.',
    }),
    policyFile: field.text({
      meaning:
        'File (YAML or JSON) with the gateway’s policy: retries, fallbacks, keys, models, limits, cache, guard, budgets.',
    }),
    priceFile: field.text({
      meaning:
        'File (YAML or JSON) with prices of your own, each above the one that comes with Kaze, and with models that it does not know.',
    }),
    guardrailsFile: field.text({
      meaning:
        'Module (JavaScript or TypeScript) with code of one’s own around every call to a model: it exports the list `guardrails`.',
    }),
  }),
  defineConfig('telemetry', {
    endpoint: field.url({
      protocols: ['http', 'https'],
      meaning:
        'Address of an OpenTelemetry collector (OTLP over HTTP, without /v1/traces); neither spans nor metrics are sent without one.',
    }),
    sampleRatio: field.number({ default: 1, least: 0, most: 1, meaning: 'Share of traces begun here that are kept.' }),
  }),
  defineConfig('runtime', {
    workers: field.integer({
      default: 4,
      least: 0,
      most: 256,
      meaning: 'Tasks that this process runs at a time; 0: none.',
    }),
    leaseMs: field.integer({
      default: 30_000,
      least: 1_000,
      most: 600_000,
      meaning: 'How long a claimed task stays claimed without a sign of life, milliseconds.',
    }),
  }),
  defineConfig('printer', {
    chromium: field.text({
      meaning:
        'Program, by its whole path, of the Chromium that prints reports as PDF; none for no PDFs. When left out, the usual names are looked for in PATH.',
    }),
  }),
  defineConfig('fetch', {
    hosts: field.list({
      default: [],
      meaning:
        'Hosts whose public web pages skills may read, such as rival.example or *.rival.example; none when left out. robots.txt is obeyed, and private addresses are refused even where they are listed.',
    }),
  }),
  defineConfig('verticals', {
    folders: field.list({
      default: [],
      meaning:
        'Folders with further verticals beside those that come with Kaze, each vertical a folder in them, as `kaze new --path` writes it; the same for all processes of a cell: what a starting process has no file of is retired, and its log names it.',
    }),
  }),
  defineConfig('example', {
    load: field.boolean({ default: true, meaning: 'Whether the example client acme is there.' }),
  }),
] as const;

export type CellConfig = ConfigValues<typeof cellSections>;

/** The engines of a clustered cell, for `--engines clustered`. */
export const CLUSTERED = {
  'graph.engine': 'neo4j',
  'ledger.engine': 'postgres',
  'bus.engine': 'nats',
  'queue.engine': 'bullmq',
} as const;

const NEEDS_ADDRESS = [
  ['graph', 'neo4j'],
  ['ledger', 'postgres'],
  ['bus', 'nats'],
  ['queue', 'bullmq'],
] as const;

/** Errors: KAZE_CONFIG_INVALID with every problem at once. */
export function loadCellConfig(sources: ConfigSources) {
  const loaded = loadConfig(cellSections, sources);
  const missing = NEEDS_ADDRESS.filter(([area, engine]) => {
    const section = loaded.values[area];
    return section.engine === engine && !section.url;
  });
  const lines = missing.map(
    ([area, engine]) => `KAZE_${area.toUpperCase()}_URL: ${area}.engine is ${engine}, so its address must be set`,
  );
  lines.push(...authProblems(loaded.values.auth), ...secretsProblems(loaded.values.secrets));
  if (lines.length > 0) {
    throw new KazeError('KAZE_CONFIG_INVALID', `the configuration cannot be used:\n  ${lines.join('\n  ')}`, {
      fields: { problems: lines },
    });
  }
  return loaded;
}
