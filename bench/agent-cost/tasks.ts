/**
 * An agent's task of two calls of a model and one tool between them, so many of them in a row, in a process of its own.
 * `bare` is the loop that one would write without any framework; `kaze` the runtime with its gateway, durable: graph
 * (Grafeo, a process of its own), journal, budgets, and the ledger in PostgreSQL or, without an address, in PGlite.
 *
 *     tasks.ts bare|kaze UPSTREAM [postgres=URL]
 */
import type { SkillContext } from '#agents';
import { MODEL, openBenchCell, QUESTION } from './cell.ts';

const [role, upstream, ...stores] = process.argv.slice(2);
const postgres = stores.find((one) => one.startsWith('postgres='))?.slice('postgres='.length);

interface Runner {
  run(tasks: number): Promise<void>;
  close(): Promise<void>;
}

/** A tool that looks something up. */
function lookUp(said: string): string {
  return JSON.stringify({ invoice: 4711, paid: said.length > 0 });
}

async function ask(messages: ReadonlyArray<{ role: string; content: string }>): Promise<string> {
  const response = await fetch(`${upstream}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-bench' },
    body: JSON.stringify({ model: MODEL, messages, max_completion_tokens: 100 }),
  });
  const answer = (await response.json()) as { choices: ReadonlyArray<{ message: { content: string } }> };
  return answer.choices[0]!.message.content;
}

const bare: Runner = {
  async run(tasks) {
    for (let task = 0; task < tasks; task++) {
      const first = await ask([{ role: 'user', content: QUESTION }]);
      const found = lookUp(first);
      await ask([
        { role: 'user', content: QUESTION },
        { role: 'assistant', content: first },
        { role: 'user', content: found },
      ]);
    }
  },
  close: async () => {},
};

async function behave({ model, step }: SkillContext): Promise<object> {
  const modelHint = { model: `openai/${MODEL}` };
  const limits = { maxOutputTokens: 100 };
  const question = { role: 'user', content: QUESTION } as const;
  const first = await model({ messages: [question], modelHint, limits });
  const found = await step('look-up', async () => lookUp(first.text));
  const said = { role: 'assistant', content: first.text } as const;
  const last = await model({ messages: [question, said, { role: 'user', content: found }], modelHint, limits });
  return { outputs: { result: last.text } };
}

async function kaze(): Promise<Runner> {
  const { cell, runtime, settled, close } = await openBenchCell({
    ...{ upstream: upstream!, postgres, behave, concurrency: 4 },
  });
  const client = await cell.client();
  return {
    async run(tasks) {
      for (let task = 0; task < tasks; task++) await client.submit({ agent: 'free' });
      runtime.wake();
      await settled();
    },
    close,
  };
}

const runner = role === 'bare' ? bare : await kaze();
process.on('message', (tasks: number) => {
  const before = process.cpuUsage();
  const began = performance.now();
  runner.run(tasks).then(
    () => {
      const { user, system } = process.cpuUsage(before);
      process.send?.({ cpuMs: (user + system) / 1_000, wallMs: performance.now() - began });
    },
    (error: unknown) =>
      process.send?.({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.once('disconnect', () => {
  void runner.close().finally(() => process.exit(0));
});
process.send?.({ ready: true });
