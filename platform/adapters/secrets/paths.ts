import { platformErrors } from '../../errors-platform.ts';

const PATH = /^[a-z0-9][a-z0-9-]{0,62}(\/[a-z0-9][a-z0-9-]{0,62}){0,7}$/;
const MAX_VALUE_BYTES = 65_536;

export function isPath(path: string): boolean {
  return PATH.test(path);
}

/** Errors: KAZE_SECRETS_PATH. The path is no secret and may be shown. */
export function checkPath(path: string): void {
  if (isPath(path)) return;
  throw platformErrors('KAZE_SECRETS_PATH', `"${path}" is no path of a secret, such as providers/anthropic/studio`, {
    fields: { path },
  });
}

/** Errors: KAZE_SECRETS_VALUE, which never shows the value. */
export function checkValue(path: string, value: string): void {
  const bytes = Buffer.byteLength(value);
  if (value.trim() !== '' && bytes <= MAX_VALUE_BYTES) return;
  const message = `the value for ${path} has ${bytes} bytes; a secret has 1 to ${MAX_VALUE_BYTES}, not only white space`;
  throw platformErrors('KAZE_SECRETS_VALUE', message, { fields: { path, bytes, most: MAX_VALUE_BYTES } });
}
