import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export type TemplateKind = 'skill' | 'agent' | 'vertical';

const FOLDER = fileURLToPath(new URL('./templates/', import.meta.url));
const PLACEHOLDER = /__([a-z]+)__/g;

export interface TemplateFile {
  /** Relative to the folder of the vertical, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** The files of a template with its placeholders filled, in names and texts. Throws for one that has no value. */
export function renderTemplate(kind: TemplateKind, values: Readonly<Record<string, string>>): TemplateFile[] {
  const root = join(FOLDER, kind);
  const fill = (text: string): string =>
    text.replaceAll(PLACEHOLDER, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`the template ${kind} has no value for __${name}__`);
      return value;
    });
  return filesBelow(root).map((file) => ({
    path: fill(relative(root, file).split(sep).join(posix.sep)),
    text: fill(readFileSync(file, 'utf8')),
  }));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
}
