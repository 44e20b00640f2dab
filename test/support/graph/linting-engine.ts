import { checkReadOnly } from '../../../graph-schema/adapters/graph-engine/shared/statement-text.ts';
import { lintCypher } from '../../../graph-schema/domain/cypher-lint.ts';
import type { GraphEngine } from '../../../graph-schema/ports/graph-engine.ts';

/** The same engine, which refuses every text that breaks a rule of the shared Cypher subset: tests run on it. `onText` hears each. */
export function lintingEngine(engine: GraphEngine, onText: (text: string) => void = () => {}): GraphEngine {
  const clean = new Set<string>();
  const check = (text: string): void => {
    onText(text);
    if (clean.has(text)) return;
    const problems = lintCypher(text);
    if (problems.length > 0)
      throw new Error(`This Cypher text breaks the house rules:\n${problems.join('\n')}\n\n${text}`);
    clean.add(text);
  };
  return {
    capabilities: engine.capabilities,
    read: async (text, parameters, options) => {
      check(text);
      checkReadOnly(text);
      return engine.read(text, parameters, options);
    },
    transaction: (work, options) =>
      engine.transaction(
        (transaction) =>
          work({
            run: async (text, parameters, what) => {
              check(text);
              return transaction.run(text, parameters, what);
            },
            queue: (statement) => {
              check(statement.text);
              transaction.queue(statement);
            },
          }),
        options,
      ),
    ensureIndexes: (indexes) => engine.ensureIndexes(indexes),
    dump: () => engine.dump(),
    barrier: () => engine.barrier(),
    healthy: () => engine.healthy(),
    close: () => engine.close(),
  };
}
