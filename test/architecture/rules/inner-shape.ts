import { dirname, posix } from 'node:path';
import { OUTSIDE } from '../placement.ts';
import { codeFiles, type ImportedName, importsOf, type SourceTree, topFolder, type Violation } from '../tree.ts';

const WITH_EFFECTS = [
  'fs',
  'child_process',
  'net',
  'tls',
  'dgram',
  'http',
  'https',
  'http2',
  'worker_threads',
  'cluster',
];
// Tables and schemas of a folder, without behaviour of their own.
const TABLES = /(^|\/)(errors|config|telemetry)\.ts$/;
const RULES = /\/(domain|definitions|access)\//;

/** `domain/` holds rules without effects; `use-cases/` hold one operation each, given its ports. */
export function checkInnerShape(tree: SourceTree): Violation[] {
  return codeFiles(tree).flatMap((file) => {
    if (OUTSIDE.includes(topFolder(file))) return [];
    const check = file.includes('/domain/') ? domainProblem : file.includes('/use-cases/') ? useCaseProblem : undefined;
    if (!check) return [];
    return importsOf(file, tree.get(file) ?? '').flatMap((one) => {
      const message = check(file, one);
      return message ? [{ file, line: one.line, message }] : [];
    });
  });
}

function domainProblem(file: string, { specifier, typeOnly }: ImportedName): string | undefined {
  const effect = WITH_EFFECTS.find((name) => specifier === `node:${name}` || specifier.startsWith(`node:${name}/`));
  if (effect)
    return `imports node:${effect}: domain/ has no effects. Take the data as a parameter; reading it is an adapter's work.`;
  if (specifier.startsWith('#')) {
    if (specifier === '#platform' || typeOnly) return undefined;
    return `imports ${specifier}: domain/ uses other domain/ and #platform. Take what it needs as a parameter (types may be imported with import type).`;
  }
  if (!specifier.startsWith('.')) return undefined;
  const target = resolve(file, specifier);
  if (RULES.test(target) || TABLES.test(target) || topFolder(file) === 'platform' || typeOnly) return undefined;
  return `imports ${target}: domain/ uses other domain/ and #platform. Move the rule into domain/ or pass the value in.`;
}

function useCaseProblem(file: string, { specifier, typeOnly }: ImportedName): string | undefined {
  if (!specifier.startsWith('.') || typeOnly) return undefined;
  const target = resolve(file, specifier);
  if (RULES.test(target) || TABLES.test(target) || /\/(use-cases|ports)\//.test(target)) return undefined;
  return `imports ${target}: use-cases/ use domain/ and ports/. Declare a port for what it does and take it as a parameter.`;
}

const resolve = (file: string, specifier: string) => posix.normalize(posix.join(dirname(file), specifier));
