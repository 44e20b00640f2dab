import { codeFiles, importsOf, resolveImport, type SourceTree, type Violation } from '../tree.ts';

interface Edge {
  readonly to: string;
  readonly line: number;
}

/** No file leads back to itself, type-only imports included. Each knot is reported once, by its shortest circle. */
export function checkCycles(tree: SourceTree): Violation[] {
  const edges = new Map<string, Edge[]>();
  for (const file of codeFiles(tree)) {
    const targets = importsOf(file, tree.get(file) ?? '').flatMap(({ specifier, line }) => {
      const to = resolveImport(tree, file, specifier);
      return to && to !== file ? [{ to, line }] : [];
    });
    edges.set(file, targets);
  }
  const reported = new Set<string>();
  const found: Violation[] = [];
  for (const start of edges.keys()) {
    if (reported.has(start)) continue;
    const circle = shortestCircle(edges, start);
    const first = circle?.[0];
    if (!circle || !first || circle.some((edge) => reported.has(edge.to))) continue;
    for (const edge of circle) reported.add(edge.to);
    const path = [start, ...circle.map((edge) => edge.to)].join(' -> ');
    const message = `is part of a circle: ${path}. Move what both need into a file of its own, or turn one direction into a port.`;
    found.push({ file: start, line: first.line, message });
  }
  return found;
}

/** Breadth first from a file until one of its own importers is reached. */
function shortestCircle(edges: ReadonlyMap<string, Edge[]>, start: string): Edge[] | undefined {
  const cameBy = new Map<string, { from: string; edge: Edge }>();
  const queue = [start];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    for (const edge of edges.get(file) ?? []) {
      if (edge.to === start) {
        const circle = [edge];
        for (let at = file; at !== start; ) {
          const step = cameBy.get(at);
          if (!step) break;
          circle.unshift(step.edge);
          at = step.from;
        }
        return circle;
      }
      if (cameBy.has(edge.to)) continue;
      cameBy.set(edge.to, { from: file, edge });
      queue.push(edge.to);
    }
  }
  return undefined;
}
