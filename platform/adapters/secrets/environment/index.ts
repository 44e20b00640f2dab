/**
 * Secrets out of a map of environment variables, handed in. Read-only.
 *
 * - `KAZE_SECRET_<PATH>`: upper case, `__` for a slash and `_` for a dash:
 *   `KAZE_SECRET_PROVIDERS__ANTHROPIC__STUDIO` is `providers/anthropic/studio`
 * - the variables that the vendors' own tools use (`ANTHROPIC_API_KEY` ...), as `providers/<name>/studio`
 * - any of them with `_FILE`: the value stands in that file (as containers mount it); read each time, so that an
 *   exchanged file counts at once
 *
 * A variable of Kaze's own stands above a vendor's.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { platformErrors } from '../../../errors-platform.ts';
import type { Secret, Secrets } from '../../../ports/secrets.ts';
import { checkPath, checkValue } from '../paths.ts';

const PREFIX = 'KAZE_SECRET_';

/** Where two variables mean one path, the first that is set counts. */
const WELL_KNOWN: ReadonlyArray<readonly [variable: string, path: string]> = [
  ['ANTHROPIC_API_KEY', 'providers/anthropic/studio'],
  ['OPENAI_API_KEY', 'providers/openai/studio'],
  ['GOOGLE_API_KEY', 'providers/google/studio'],
  ['GEMINI_API_KEY', 'providers/google/studio'],
];

interface Source {
  readonly variable: string;
  readonly value: string;
  readonly isFile: boolean;
}

export function createEnvironmentSecrets(options: { env: Readonly<Record<string, string | undefined>> }): Secrets {
  const sources = findSources(options.env);
  // Versions tell values apart without telling anything about them; they compare within this process only.
  const key = randomBytes(32);

  const readOnly = async (path: string): Promise<never> => {
    checkPath(path);
    throw platformErrors('KAZE_SECRETS_READ_ONLY', `${path} cannot be changed: secrets come from the environment`, {
      fields: { path },
    });
  };

  return {
    async get(path): Promise<Secret | undefined> {
      checkPath(path);
      const source = sources.get(path);
      if (!source) return undefined;
      const value = source.isFile ? await readSecretFile(source) : source.value;
      checkValue(path, value);
      return { value, version: createHmac('sha256', key).update(value).digest('hex').slice(0, 16) };
    },
    list: async (prefix) => [...sources.keys()].filter((path) => path.startsWith(prefix)).sort(),
    put: readOnly,
    remove: readOnly,
    describe: () => `environment variables (${sources.size} secrets, read-only)`,
    close: async () => {},
  };
}

function findSources(env: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, Source> {
  const sources = new Map<string, Source>();
  const add = (variable: string, path: string) => {
    for (const isFile of [false, true]) {
      const name = isFile ? `${variable}_FILE` : variable;
      const value = env[name]?.trim();
      if (value && !sources.has(path)) sources.set(path, { variable: name, value, isFile });
    }
  };
  for (const name of Object.keys(env).sort()) {
    if (!name.startsWith(PREFIX)) continue;
    const variable = name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : name;
    add(variable, variable.slice(PREFIX.length).toLowerCase().replaceAll('__', '/').replaceAll('_', '-'));
  }
  for (const [variable, path] of WELL_KNOWN) add(variable, path);
  return sources;
}

async function readSecretFile({ variable, value: file }: Source): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    const message = `the file ${file} that ${variable} names cannot be read`;
    throw platformErrors('KAZE_SECRETS_UNREADABLE', message, { cause, fields: { variable, file } });
  }
}
