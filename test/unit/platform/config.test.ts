import { describe, expect, expectTypeOf, test } from 'vitest';
import { defineConfig, describeConfig, field, isKazeError, loadConfig } from '#platform';

const api = defineConfig('api', {
  port: field.integer({ default: 4_400, least: 0, most: 65_535, meaning: 'Port to listen on; 0 takes a free one.' }),
  token: field.text({ secret: true, meaning: 'A token given from outside.' }),
  playground: field.boolean({ default: true, meaning: 'Whether the playground is served.' }),
  maxBodyBytes: field.integer({ default: 1_000_000, least: 1, meaning: 'Largest request body, in bytes.' }),
});
const bus = defineConfig('bus', {
  engine: field.oneOf(['memory', 'nats'], { default: 'memory', meaning: 'Which event bus.' }),
  url: field.url({ protocols: ['nats', 'tls'], meaning: 'Address of the server.' }),
  names: field.list({ default: [], meaning: 'Names.' }),
});
const sections = [api, bus] as const;

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (isKazeError(error, 'KAZE_CONFIG_INVALID')) return error.fields.problems as readonly string[];
    throw error;
  }
  throw new Error('nothing was refused');
}

const file = (text: string) => ({ path: 'kaze.yaml', text });

describe('loadConfig', () => {
  test('gives the defaults, typed and frozen, where nothing is set', () => {
    const { values, origins } = loadConfig(sections);
    expect(values).toEqual({
      api: { port: 4_400, token: undefined, playground: true, maxBodyBytes: 1_000_000 },
      bus: { engine: 'memory', url: undefined, names: [] },
    });
    expectTypeOf(values.api.port).toEqualTypeOf<number>();
    expectTypeOf(values.api.token).toEqualTypeOf<string | undefined>();
    expectTypeOf(values.bus.engine).toEqualTypeOf<'memory' | 'nats'>();
    expect(Object.isFrozen(values) && Object.isFrozen(values.api)).toBe(true);
    expect(origins['api.port']).toBe('default');
  });

  test('a flag stands above the environment, that above the file, that above the default', () => {
    const yaml = file('api:\n  port: 1\n  playground: false\n  maxBodyBytes: 5\n');
    const { values, origins } = loadConfig(sections, {
      flags: { 'api.port': 3 },
      env: { KAZE_API_PORT: '2', KAZE_API_MAX_BODY_BYTES: '7', HOME: '/root' },
      file: yaml,
    });
    expect(values.api).toMatchObject({ port: 3, maxBodyBytes: 7, playground: false });
    expect(origins).toMatchObject({
      'api.port': 'flag --api-port',
      'api.maxBodyBytes': 'KAZE_API_MAX_BODY_BYTES',
      'api.playground': 'kaze.yaml:3',
      'bus.engine': 'default',
    });
  });

  test('reports every problem at once, each with its source and what would be right', () => {
    const problems = problemsOf(() =>
      loadConfig(sections, {
        env: {
          KAZE_API_PROT: '1',
          KAZE_API_PORT: '70000',
          KAZE_BUS_URL: 'http://x',
          KAZE_SECRET_A: 'x',
          KAZE_BENCH_DATA: 'x',
        },
        flags: { 'api.playgrund': true },
        file: file('# a comment\nbus:\n  engine: kafka\n  enginee: nats\napii:\n  port: 1\n'),
      }),
    );
    expect(problems).toEqual([
      'kaze.yaml:4: there is no setting bus.enginee; did you mean bus.engine?',
      'kaze.yaml:5: there is no area apii; did you mean api?',
      'KAZE_API_PROT: there is no such setting; did you mean KAZE_API_PORT?',
      'flag --api-playgrund: there is no setting api.playgrund; did you mean api.playground?',
      'KAZE_API_PORT: api.port must be a whole number from 0 to 65535 (default 4400), not "70000"',
      'kaze.yaml:3: bus.engine must be one of memory, nats (default memory), not "kafka"',
      'KAZE_BUS_URL: bus.url must be an address beginning with nats:// or tls://, not "http://x"',
    ]);
  });

  test.each([
    ['api: [1', 1],
    ['api:\n  port: 1\n  port: 2\n', 3],
    ['api:\n  port: &a 1\n  maxBodyBytes: *b\n', 3],
    ['- api\n', 1],
    ['api: 5\n', 1],
    ['api:\n  port: { a: 1 }\n', 2],
  ])('refuses the file %j with the line of the fault', (text, line) => {
    const problems = problemsOf(() => loadConfig(sections, { file: file(text) }));
    expect(problems[0]).toMatch(new RegExp(`^kaze\\.yaml:${line}: `));
  });

  test('an empty file and an empty area are no fault', () => {
    expect(loadConfig(sections, { file: file('') }).values.api.port).toBe(4_400);
    expect(loadConfig(sections, { file: file('api:\nbus:\n  names: [a, b]\n') }).values.bus.names).toEqual(['a', 'b']);
  });

  test.each([
    ['yes', true],
    ['0', false],
    ['TRUE', true],
  ])('reads %s as %s', (text, value) => {
    expect(loadConfig(sections, { env: { KAZE_API_PLAYGROUND: text } }).values.api.playground).toBe(value);
  });

  test.each(['', ' '.repeat(3), '1e3', '0x10', '12abc', '1.5', 'NaN'])('takes %j for no whole number', (text) => {
    const load = () => loadConfig(sections, { env: { KAZE_API_PORT: text } });
    if (text === '') expect(load().origins['api.port']).toBe('default');
    else expect(problemsOf(load)).toHaveLength(1);
  });

  test('reads a secret from the file that a variable names, and never repeats a secret', () => {
    const readFile = (path: string) => {
      if (path === '/run/token') return 'kept-secret\n';
      throw new Error('ENOENT');
    };
    const loaded = loadConfig(sections, { env: { KAZE_API_TOKEN_FILE: '/run/token' }, readFile });
    expect(loaded.values.api.token).toBe('kept-secret');
    expect(JSON.stringify(describeConfig(sections, loaded))).not.toContain('kept-secret');
    const missing = problemsOf(() => loadConfig(sections, { env: { KAZE_API_TOKEN_FILE: '/none' }, readFile }));
    expect(missing).toEqual(['KAZE_API_TOKEN_FILE: /none cannot be read: ENOENT']);
    const long = problemsOf(() => loadConfig(sections, { env: { KAZE_API_TOKEN: 'x'.repeat(5_000) } }));
    expect(long[0]).toBe('KAZE_API_TOKEN: api.token must be a text, not the value given');
  });

  test('a file variable for what is no secret is unknown', () => {
    expect(problemsOf(() => loadConfig(sections, { env: { KAZE_API_PORT_FILE: '/x' } }))).toHaveLength(1);
  });

  test('a field that must be set says so', () => {
    const needed = defineConfig('cell', { name: field.text({ required: true, meaning: 'The name of the cell.' }) });
    expect(problemsOf(() => loadConfig([needed]))).toEqual([
      'KAZE_CELL_NAME: cell.name must be set: The name of the cell.',
    ]);
    expectTypeOf(loadConfig([needed], { env: { KAZE_CELL_NAME: 'a' } }).values.cell.name).toEqualTypeOf<string>();
  });
});

describe('describeConfig', () => {
  test('tells every field with its variable, type, default and meaning, and once loaded what holds and from where', () => {
    expect(describeConfig(sections)[3]).toEqual({
      key: 'api.maxBodyBytes',
      env: 'KAZE_API_MAX_BODY_BYTES',
      type: 'whole number from 1',
      default: '1000000',
      meaning: 'Largest request body, in bytes.',
      secret: false,
    });
    const loaded = loadConfig(sections, { env: { KAZE_API_TOKEN: 'abc' } });
    const rows = describeConfig(sections, loaded);
    expect(rows[1]).toMatchObject({ key: 'api.token', value: '(set)', origin: 'KAZE_API_TOKEN', secret: true });
    expect(rows[0]).toMatchObject({ value: '4400', origin: 'default' });
  });
});

test('a default outside of its own range is refused when it is declared', () => {
  expect(() => field.integer({ default: 5, most: 4, meaning: 'x' })).toThrow(TypeError);
});
