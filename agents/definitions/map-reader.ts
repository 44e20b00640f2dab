import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { nearestName } from '#platform';
import type { Position, ProblemDetail } from './problems.ts';
import { describeNode, type YamlSource } from './yaml-source.ts';

/** Rules for a text value. */
export interface TextRule {
  readonly maxLength: number;
  readonly pattern?: RegExp;
  /** What the pattern asks for, in words. */
  readonly expected?: string;
}

/**
 * Reads the keys of one mapping by kind. Every mismatch becomes a problem at its place and reads as "absent", so that
 * one pass finds them all. Unknown keys are told with the nearest known one.
 */
export class MapReader {
  readonly #source: YamlSource;
  readonly #map: YAMLMap;
  readonly #values = new Map<string, Node | null>();
  readonly #what: string;

  constructor(options: { source: YamlSource; map: YAMLMap; keys: readonly string[]; what: string }) {
    const { source, map, keys, what } = options;
    this.#source = source;
    this.#map = map;
    this.#what = what;
    for (const pair of map.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      if (keys.includes(key)) {
        this.#values.set(key, source.follow(pair.value) ?? null);
        continue;
      }
      const nearest = nearestName(key, keys);
      const expected = `one of ${keys.join(', ')}`;
      this.#problem(source.at(pair.key as Node), {
        what: `unknown key "${key}" in ${what}`,
        expected,
        ...(nearest ? { nearest } : {}),
      });
    }
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** Where the value of a key stands; the mapping's start when the key is absent. */
  at(key: string): Position {
    return this.#source.at(this.#values.get(key) ?? this.#keyNode(key) ?? this.#map);
  }

  node(key: string): Node | undefined {
    return this.#values.get(key) ?? undefined;
  }

  require(key: string, expected: string): void {
    if (!this.has(key))
      this.#problem(this.#source.at(this.#map), { what: `"${key}" is missing in ${this.#what}`, expected });
  }

  text(key: string, rule: TextRule): string | undefined {
    if (!this.has(key)) return undefined;
    const node = this.#values.get(key);
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value !== 'string') return this.#wrong(key, rule.expected ?? 'a text');
    const text = value.trim();
    if (text === '') return this.#wrong(key, rule.expected ?? 'a text that is not empty');
    if (text.length > rule.maxLength) {
      this.#problem(this.at(key), {
        what: `"${key}" is too long`,
        found: `${text.length} characters`,
        expected: `at most ${rule.maxLength}`,
      });
      return undefined;
    }
    if (rule.pattern && !rule.pattern.test(text)) return this.#wrong(key, rule.expected ?? 'another text');
    return text;
  }

  oneOf<T extends string>(key: string, allowed: readonly T[]): T | undefined {
    if (!this.has(key)) return undefined;
    const node = this.#values.get(key);
    const value = isScalar(node) ? node.value : undefined;
    const match = allowed.find((candidate) => candidate === value);
    if (match) return match;
    const nearest = typeof value === 'string' ? nearestName(value, allowed) : undefined;
    return this.#wrong(key, `one of ${allowed.join(', ')}`, nearest);
  }

  boolean(key: string): boolean | undefined {
    if (!this.has(key)) return undefined;
    const node = this.#values.get(key);
    if (isScalar(node) && typeof node.value === 'boolean') return node.value;
    return this.#wrong(key, 'true or false');
  }

  number(key: string, range: { min: number; max: number; integer?: boolean }): number | undefined {
    if (!this.has(key)) return undefined;
    const node = this.#values.get(key);
    const value = isScalar(node) ? node.value : undefined;
    const fits = typeof value === 'number' && value >= range.min && value <= range.max;
    if (fits && (!range.integer || Number.isInteger(value))) return value;
    return this.#wrong(key, `a ${range.integer ? 'whole ' : ''}number from ${range.min} to ${range.max}`);
  }

  /** The items of a list, aliases followed; undefined when the key is absent or no list. */
  list(key: string, rule: { max: number; of: string }): readonly Node[] | undefined {
    if (!this.has(key)) return undefined;
    const node = this.#values.get(key);
    if (!isSeq(node) || node.items.length === 0) return this.#wrong(key, `a list of ${rule.of}`);
    if (node.items.length > rule.max) {
      this.#problem(this.at(key), {
        what: `"${key}" has too many items`,
        found: `${node.items.length}`,
        expected: `at most ${rule.max}`,
      });
      return undefined;
    }
    return node.items.map((item) => this.#source.follow(item) ?? node);
  }

  map(key: string): YAMLMap | undefined {
    if (!this.has(key)) return undefined;
    const node = this.#values.get(key);
    return isMap(node) ? node : this.#wrong(key, 'a mapping of keys');
  }

  #keyNode(key: string): Node | undefined {
    const pair = this.#map.items.find((candidate) => isScalar(candidate.key) && candidate.key.value === key);
    return pair?.key as Node | undefined;
  }

  #wrong(key: string, expected: string, nearest?: string): undefined {
    const node = this.#values.get(key);
    const found = isSeq(node) && node.items.length === 0 ? 'an empty list' : describeNode(node);
    this.#problem(this.at(key), { what: `wrong value of "${key}"`, found, expected, ...(nearest ? { nearest } : {}) });
    return undefined;
  }

  #problem(position: Position, detail: ProblemDetail): void {
    this.#source.problems.add(position, detail);
  }
}
