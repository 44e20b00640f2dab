import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

interface TranslateModule {
  translate(file: { source: string; url: string; name: string }): { code: string; map: string };
}

const translated = async (source: string) => {
  const { translate } = (await import(join(ROOT, 'bin/translate.mjs'))) as TranslateModule;
  return translate({ source, url: 'file:///kaze/gateway/one.ts', name: 'one.js.map' });
};

describe('a translated source', () => {
  it('keeps private fields as they are, which a loader would lower to maps', async () => {
    const { code } = await translated(
      'class Count { #n = 0; static #all = 1; next(): number { return this.#n++ + Count.#all; } }',
    );
    expect(code).toContain('#n = 0');
    expect(code).toContain('this.#n++');
    expect(code).not.toContain('WeakMap');
  });

  it('carries decorators with the metadata of their types', async () => {
    const { code } = await translated('class Input { @Field() name!: string; @Field() age?: number; }');
    expect(code).toContain('_decorateMetadata("design:type", String)');
    expect(code).toContain('Input.prototype, "age"');
  });

  it('imports translations', async () => {
    const { code } = await translated(
      "import { a } from './a.ts'; export const b = async () => [a, await import('./b.ts')];",
    );
    expect(code).toContain('from "./a.js"');
    expect(code).toContain('import("./b.js")');
  });

  it('starts translations as processes and threads, and looks for every other file beside the source', async () => {
    const { code } = await translated(`
      export const program = new URL('./thread.ts', import.meta.url);
      export const data = new URL(
        '../agents/verticals/',
        import.meta.url,
      );
    `);
    expect(code).toContain('new URL("./thread.js", import.meta.url)');
    expect(code).toContain('new URL("file:///kaze/agents/verticals/")');
  });

  it('is refused with the place of a mistake', async () => {
    await expect(translated('const a: = 1;')).rejects.toThrow(/file:\/\/\/kaze\/gateway\/one\.ts cannot be translated/);
  });
});
