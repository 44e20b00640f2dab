// One source file as JavaScript for Node 20 and later: types go, decorators keep their metadata, everything else
// (private fields above all) stays what it is.
import { transformSync } from 'oxc-transform';

const OPTIONS = {
  lang: 'ts',
  sourceType: 'module',
  sourcemap: true,
  target: 'es2022',
  typescript: { rewriteImportExtensions: 'rewrite' },
  decorator: { legacy: true, emitDecoratorMetadata: true },
};

// As the translator prints it, whatever the quotes and line breaks of the source.
const FILE_BESIDE = /new URL\((?:"([^"\n]+)"|'([^'\n]+)'), import\.meta\.url\)/g;

/**
 * Files that a module names by `new URL('…', import.meta.url)` are looked for beside the source, except TypeScript:
 * that is a program to be started, and its translation is meant.
 *
 * @param {{ source: string, url: string, name: string }} file its text, the URL of the source, the name of its map
 * @returns {{ code: string, map: string }} Errors: what the parser says, with the source's URL
 */
export function translate({ source, url, name }) {
  const { code, map, errors } = transformSync(url, source, OPTIONS);
  const failed = errors.filter(({ severity }) => severity === 'Error');
  if (failed.length > 0) {
    throw new SyntaxError(
      `${url} cannot be translated: ${failed.map((one) => one.codeframe ?? one.message).join('\n')}`,
    );
  }
  const placed = code.replace(FILE_BESIDE, (whole, one, other) => {
    const path = one ?? other;
    if (path.endsWith('.ts')) return whole.replace(path, `${path.slice(0, -3)}.js`);
    return `new URL(${JSON.stringify(new URL(path, url).href)})`;
  });
  const { version, names, mappings } = map;
  return {
    code: `${placed}//# sourceMappingURL=${name}\n`,
    map: JSON.stringify({ version, sources: [url], names, mappings }),
  };
}
