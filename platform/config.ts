/**
 * Settings: every folder declares its fields once, and from that declaration come the type, the check, the page
 * docs/configuration.md and what `kaze doctor` shows. Nothing here reads the environment or the disk: both are handed in.
 *
 * @example
 * const apiConfig = defineConfig('api', {
 *   port: field.integer({ default: 4400, least: 0, most: 65_535, meaning: 'Port; 0 takes a free one.' }),
 *   token: field.text({ secret: true, meaning: 'A token given from outside.' }),
 * });
 * const { values } = loadConfig([apiConfig], { env: process.env, flags: { 'api.port': '4500' } });
 * values.api.port; // 4500, a number; KAZE_API_PORT and `api: { port: … }` in kaze.yaml mean the same
 */
import { type ConfigFile, readConfigFile } from './config-file.ts';
import { configProblems, type Problem } from './config-problems.ts';
import {
  type ConfigSection,
  type ConfigValues,
  envName,
  type Field,
  type FieldMap,
  valueError,
} from './config-schema.ts';
import { didYouMean } from './nearest-name.ts';

export type { ConfigFile } from './config-file.ts';
export { type ConfigSection, type ConfigValues, defineConfig, type Field, field } from './config-schema.ts';

export interface ConfigSources {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly file?: ConfigFile;
  /** By `area.field`, as text or already typed. */
  readonly flags?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  /** How a flag is written by whoever gives it, by `area.field`, where that is not `--area-field`: `--data`. */
  readonly flagNames?: Readonly<Record<string, string>>;
  /** Reads what a `…_FILE` variable names; without it such variables are refused. */
  readonly readFile?: (path: string) => string;
  /** `KAZE_` variables that are no settings, such as /^KAZE_BENCH_/; those of secrets and tests are known. */
  readonly otherVariables?: readonly RegExp[];
}

export interface LoadedConfig<Sections extends readonly ConfigSection[]> {
  /** By area and field; frozen. */
  readonly values: ConfigValues<Sections>;
  /** By `area.field`: `flag --api-port`, `KAZE_API_PORT`, `kaze.yaml:3` or `default`. */
  readonly origins: Readonly<Record<string, string>>;
}

export interface ConfigRow {
  /** `area.field`, as in the file and as a flag. */
  readonly key: string;
  readonly env: string;
  readonly type: string;
  readonly default: string;
  readonly meaning: string;
  readonly secret: boolean;
  /** With a loaded configuration: the value as text, a secret only as `(set)`. */
  readonly value?: string;
  readonly origin?: string;
}

const OTHER_VARIABLES = [/^KAZE_SECRET_/, /^KAZE_TEST_/, /^KAZE_BENCH_/];

/**
 * Flags stand above the environment, that above the file, that above the defaults. A wrong value never falls back.
 * Errors: KAZE_CONFIG_INVALID, which lists every problem with its source.
 */
export function loadConfig<const Sections extends readonly ConfigSection[]>(
  sections: Sections,
  sources: ConfigSources = {},
): LoadedConfig<Sections> {
  const problems: Problem[] = [];
  const fields = new Map<string, Field>();
  for (const { area, fields: own } of sections) {
    for (const [name, definition] of Object.entries(own)) fields.set(`${area}.${name}`, definition);
  }
  const file = sources.file ? readConfigFile(sources.file, [...fields.keys()], problems) : new Map<string, never>();
  const env = sources.env ?? {};
  const flags = sources.flags ?? {};
  const flagOf = (key: string) => sources.flagNames?.[key] ?? `--${flagName(key)}`;
  findUnknown(fields, { env, flags, flagOf, otherVariables: sources.otherVariables ?? [] }, problems);

  const values: Record<string, Record<string, unknown>> = {};
  const origins: Record<string, string> = {};
  for (const [key, definition] of fields) {
    const [area = '', name = ''] = key.split('.');
    const given = pick({ key, definition, env, flags, flagOf, file }, sources.readFile, problems);
    let value: unknown = definition.default;
    if (given) {
      const result = definition.schema.safeParse(given.value);
      if (result.success) value = result.data;
      else problems.push({ source: given.origin, text: valueError(key, definition, given.value) });
    } else if (definition.required) {
      problems.push({ source: envName(key), text: `${key} must be set: ${definition.meaning}` });
    }
    values[area] ??= {};
    values[area][name] = value;
    origins[key] = given?.origin ?? 'default';
  }
  if (problems.length > 0) throw configProblems(problems);
  for (const section of Object.values(values)) Object.freeze(section);
  return { values: Object.freeze(values) as ConfigValues<Sections>, origins: Object.freeze(origins) };
}

/** One row per field in the order of declaration; with a loaded configuration also what holds and where it is from. */
export function describeConfig<const Sections extends readonly ConfigSection[]>(
  sections: Sections,
  loaded?: LoadedConfig<Sections>,
): readonly ConfigRow[] {
  return sections.flatMap(({ area, fields }) =>
    Object.entries(fields as FieldMap).map(([name, definition]) => {
      const key = `${area}.${name}`;
      const row: ConfigRow = {
        key,
        env: envName(key),
        type: definition.type,
        default: definition.required ? '(must be set)' : asText(definition.default),
        meaning: definition.meaning,
        secret: definition.secret,
      };
      if (!loaded) return row;
      const value = (loaded.values as Record<string, Record<string, unknown>>)[area]?.[name];
      const shown = definition.secret && value !== undefined ? '(set)' : asText(value);
      return { ...row, value: shown, origin: loaded.origins[key] };
    }),
  );
}

interface Place {
  readonly key: string;
  readonly definition: Field;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly flagOf: (key: string) => string;
  readonly file: ReadonlyMap<string, { readonly value: unknown; readonly origin: string }>;
}

/** The first source that says anything about the field. An empty variable says nothing. */
function pick(place: Place, readFile: ConfigSources['readFile'], problems: Problem[]) {
  const { key, definition, env, flags, flagOf, file } = place;
  if (flags[key] !== undefined) return { value: flags[key], origin: `flag ${flagOf(key)}` };
  const variable = envName(key);
  const fileVariable = `${variable}_FILE`;
  if (env[variable]) {
    if (definition.secret && env[fileVariable]) {
      problems.push({ source: fileVariable, text: `${variable} and ${fileVariable} are both set: leave one out` });
    }
    return { value: env[variable], origin: variable };
  }
  const path = definition.secret ? env[fileVariable] : undefined;
  if (!path) return file.get(key);
  try {
    if (!readFile) throw new Error('no files can be read here');
    return { value: readFile(path).trim(), origin: fileVariable };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push({ source: fileVariable, text: `${path} cannot be read: ${reason}` });
    return undefined;
  }
}

function findUnknown(
  fields: ReadonlyMap<string, Field>,
  given: {
    env: ConfigSources['env'];
    flags: ConfigSources['flags'];
    flagOf: (key: string) => string;
    otherVariables: readonly RegExp[];
  },
  problems: Problem[],
): void {
  const variables = [...fields].flatMap(([key, { secret }]) =>
    secret ? [envName(key), `${envName(key)}_FILE`] : [envName(key)],
  );
  const others = [...OTHER_VARIABLES, ...given.otherVariables];
  for (const name of Object.keys(given.env ?? {}).sort()) {
    if (!name.startsWith('KAZE_') || variables.includes(name) || others.some((other) => other.test(name))) continue;
    problems.push({ source: name, text: `there is no such setting${didYouMean(name, variables)}` });
  }
  for (const key of Object.keys(given.flags ?? {})) {
    if (fields.has(key)) continue;
    problems.push({
      source: `flag ${given.flagOf(key)}`,
      text: `there is no setting ${key}${didYouMean(key, fields.keys())}`,
    });
  }
}

function flagName(key: string): string {
  return key.replaceAll('.', '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function asText(value: unknown): string {
  if (value === undefined) return '';
  return Array.isArray(value) ? value.join(',') : String(value);
}
