import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { Problem } from './config-problems.ts';
import { didYouMean } from './nearest-name.ts';

/** `kaze.yaml`, read by the caller: areas with their fields beneath. */
export interface ConfigFile {
  /** As shown in problems. */
  readonly path: string;
  readonly text: string;
}

/** The values of the file by `area.field`, each with its line. Problems are added to the list. */
export function readConfigFile(
  { path, text }: ConfigFile,
  known: readonly string[],
  problems: Problem[],
): ReadonlyMap<string, { readonly value: unknown; readonly origin: string }> {
  const values = new Map<string, { value: unknown; origin: string }>();
  const lines = new LineCounter();
  // No aliases: a settings file has no use for them, and nested ones can grow without bound.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const at = (offset: number | undefined) => `${path}:${offset === undefined ? 1 : lines.linePos(offset).line}`;
  for (const error of document.errors) problems.push({ source: at(error.pos[0]), text: error.message });
  if (document.errors.length > 0 || document.contents === null) return values;
  if (!isMap(document.contents)) {
    problems.push({ source: at(0), text: 'expected areas with their settings beneath, such as "api:"' });
    return values;
  }
  const areas = [...new Set(known.map((key) => key.split('.')[0]!))];
  for (const { key: areaNode, value: section } of document.contents.items) {
    const area = String(isScalar(areaNode) ? areaNode.value : areaNode);
    const place = at((areaNode as Node).range?.[0]);
    if (!areas.includes(area)) {
      problems.push({ source: place, text: `there is no area ${area}${didYouMean(area, areas)}` });
    } else if (isMap(section)) {
      for (const { key: nameNode, value } of section.items) {
        const key = `${area}.${String(isScalar(nameNode) ? nameNode.value : nameNode)}`;
        const origin = at((nameNode as Node).range?.[0]);
        if (!known.includes(key)) {
          problems.push({ source: origin, text: `there is no setting ${key}${didYouMean(key, known)}` });
          continue;
        }
        const plain = plainValue(value);
        if (plain === UNREADABLE)
          problems.push({ source: origin, text: `${key} must be a plain value or a list of them` });
        else if (plain !== null) values.set(key, { value: plain, origin });
      }
    } else if (!isScalar(section) || section.value !== null) {
      problems.push({ source: place, text: `${area} must have its settings beneath it` });
    }
  }
  return values;
}

const UNREADABLE = Symbol('unreadable');

function plainValue(node: unknown): unknown {
  if (node === null) return null;
  if (isScalar(node)) return node.value;
  const items = typeof node === 'object' && node !== null && 'items' in node ? node.items : undefined;
  if (!Array.isArray(items) || isMap(node)) return UNREADABLE;
  return items.every((item) => isScalar(item))
    ? items.map((item) => (isScalar(item) ? item.value : undefined))
    : UNREADABLE;
}
