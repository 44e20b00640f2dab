import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Files by their path from the repository's root, with forward slashes. */
export type SourceTree = ReadonlyMap<string, string>;

export interface ImportedName {
  readonly specifier: string;
  readonly line: number;
  readonly typeOnly: boolean;
  /** `await import(...)`, loaded when the line runs. */
  readonly lazy: boolean;
}

/** One finding: where, and a sentence with the way out. */
export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export const format = ({ file, line, message }: Violation): string => `${file}:${line} ${message}`;

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LEFT_OUT = new Set(['node_modules', '.git', '.kaze', 'coverage', 'generated', 'dist', 'fixtures', 'peers']);
const READ = /\.(ts|mts|js|mjs|md)$|^package\.json$/;

/** The work tree as it stands, committed or not. */
export function readTree(root: string = ROOT): SourceTree {
  const tree = new Map<string, string>();
  const walk = (folder: string) => {
    for (const name of readdirSync(join(root, folder)).sort()) {
      if (LEFT_OUT.has(name)) continue;
      const path = posix.join(folder, name);
      if (statSync(join(root, path)).isDirectory()) walk(path);
      else if (READ.test(name)) tree.set(path, readFileSync(join(root, path), 'utf8'));
    }
  };
  walk('.');
  return tree;
}

export const codeFiles = (tree: SourceTree): string[] => [...tree.keys()].filter((file) => /\.m?ts$/.test(file));

export const topFolder = (file: string): string => file.split('/')[0] ?? file;

const parsed = new Map<string, ts.SourceFile>();

export function parse(file: string, text: string): ts.SourceFile {
  const key = `${file}\n${text}`;
  const known = parsed.get(key);
  if (known) return known;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  parsed.set(key, source);
  return source;
}

export const lineOf = (source: ts.SourceFile, node: ts.Node): number =>
  source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;

export function visit(source: ts.SourceFile, look: (node: ts.Node) => void): void {
  const step = (node: ts.Node) => {
    look(node);
    ts.forEachChild(node, step);
  };
  step(source);
}

/** Every way one file names another: import, export from, import(), import type, typeof import(). */
export function importsOf(file: string, text: string): ImportedName[] {
  const source = parse(file, text);
  const found: ImportedName[] = [];
  const add = (node: ts.Node, name: ts.Node | undefined, typeOnly: boolean, lazy = false) => {
    if (name && ts.isStringLiteralLike(name))
      found.push({ specifier: name.text, line: lineOf(source, node), typeOnly, lazy });
  };
  visit(source, (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], false, true);
    }
  });
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const names = clause.namedBindings;
  return (
    !clause.name &&
    !!names &&
    ts.isNamedImports(names) &&
    names.elements.length > 0 &&
    names.elements.every((one) => one.isTypeOnly)
  );
}

/** The file in the tree that a specifier means, or undefined for a package or a file that is not there. */
export function resolveImport(tree: SourceTree, from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) {
    const path = posix.normalize(posix.join(dirname(from), specifier));
    return tree.has(path) ? path : undefined;
  }
  if (!specifier.startsWith('#')) return undefined;
  const door = specifier.slice(1);
  return [`${door}/index.ts`, `${door}.ts`].find((path) => tree.has(path));
}
