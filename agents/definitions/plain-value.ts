import { isMap, isScalar, isSeq } from 'yaml';
import type { CaseValue } from './cases.ts';
import type { YamlSource } from './yaml-source.ts';

/** A node as the plain value that it writes, aliases followed. Depth and size are bounded by the source's limits. */
export function plainValue(source: YamlSource, node: unknown): CaseValue {
  const target = source.follow(node);
  if (isMap(target)) {
    return Object.fromEntries(
      target.items.map(({ key, value }) => [
        isScalar(key) ? String(key.value) : String(key),
        plainValue(source, value),
      ]),
    );
  }
  if (isSeq(target)) return target.items.map((item) => plainValue(source, item));
  const value = isScalar(target) ? target.value : null;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
