import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { flowError, type Guardrail } from '#gateway';

const NAME = /^[A-Za-z0-9-]{1,64}$/;
/** Has no types of its own. */
const LOADER: string = '@oxc-node/core/register';
const HOOKS = ['before', 'beforeEmbed', 'after', 'watch'] as const;

/** The guardrails of an installation: a module that exports the list `guardrails`. Errors: KAZE_GATEWAY_POLICY_INVALID. */
export async function readGuardrails(file: string | undefined): Promise<readonly Guardrail[]> {
  if (file === undefined) return [];
  const invalid = (why: string, cause?: unknown) =>
    flowError('KAZE_GATEWAY_POLICY_INVALID', `the file of guardrails ${file} ${why}`, { fields: { file }, cause });
  let loaded: { readonly guardrails?: unknown };
  try {
    // The product itself needs no loader; a file of an installation may be TypeScript all the same.
    if (/\.[cm]?ts$/.test(file)) await import(LOADER);
    loaded = (await import(pathToFileURL(resolve(file)).href)) as { guardrails?: unknown };
  } catch (cause) {
    throw invalid('cannot be loaded as a module', cause);
  }
  const { guardrails } = loaded;
  if (!Array.isArray(guardrails)) throw invalid('exports no list named guardrails');
  const wrong = guardrails.findIndex((one: unknown) => !isGuardrail(one));
  if (wrong >= 0) {
    throw invalid(`has at place ${wrong} none: a name of letters, digits and -, and some of ${HOOKS.join(', ')}`);
  }
  return guardrails as readonly Guardrail[];
}

function isGuardrail(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  const hooks = HOOKS.filter((name) => fields[name] !== undefined);
  const { name } = fields;
  return (
    typeof name === 'string' &&
    NAME.test(name) &&
    hooks.length > 0 &&
    hooks.every((hook) => typeof fields[hook] === 'function')
  );
}
