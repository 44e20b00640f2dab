import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyPatch } from 'diff';
import { describe, expect, it } from 'vitest';
import { cellOfFile } from '../../support/cell/cell-of-file.ts';
import { until } from '../../support/cell/cell-process.ts';
import { actingParts } from '../../support/skills/acting.ts';

const at = cellOfFile('content-optimization');

const PAGE = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
</head>
<body>
<main>
<h1>Espresso machine repair in Leeds</h1>
<p>Our workshop repairs espresso machines of every make. Each machine is descaled, tested and back within 3 days.</p>
<h3>What goes wrong</h3>
<p>Seals dry out and boilers scale up. Ask about our grinder service too.</p>
<h1>Collection</h1>
<p>We fetch machines from cafes in Leeds.</p>
<h4>Makes](javascript:alert(1)) &lt;img src=x onerror=alert(1)&gt; \u202e</h4>
<p onclick="steal()">We know <a href="javascript:alert(1)">all of them</a>.</p>
</main>
</body>
</html>
`;
/** What the client's own documents say of the subject: the graph has what it is about as entities. */
const MAKES = `# Espresso machine repair in Leeds

| Product | Manufacturer |
|---|---|
| Silvia Pro | Rancilio |
| Linea Mini | La Marzocco |
`;
/** The client's other pages, a file each. */
const OWN = {
  'grinder.html':
    '<!doctype html><html lang="en"><head><title>Grinder service | Acme</title><link rel="canonical" href="/grinder-service/"></head><body><h1>Grinder service</h1><p>Burrs are set anew.</p></body></html>',
  'prices.md': '---\ntitle: Prices | Acme\nurl: /prices/\n---\n\n# Prices\n\nAsk us.\n',
};
const TASK = `query ($id: ID!) { task(id: $id) { state errorMessage outcomes { nodes {
  id state summary output metrics agent { name } skillVersion { name number }
  evaluations { nodes { criterion passed } }
  knowledge { nodes { path } }
  approvals { nodes { state decidedBy { name } } }
} } } }`;

const WHY = `query ($id: ID!) { whyOutcome(id: $id) {
  passages { text source { name } } entities { name kind }
} }`;

interface Why {
  readonly whyOutcome: {
    readonly passages: ReadonlyArray<{ text: string; source: { name: string } }>;
    readonly entities: ReadonlyArray<{ name: string; kind: string }>;
  };
}
interface Read {
  readonly task: {
    readonly state: string;
    readonly errorMessage: string | null;
    readonly outcomes: {
      readonly nodes: ReadonlyArray<{
        readonly id: string;
        readonly summary: string;
        readonly output: {
          readonly diff: string;
          readonly report: string;
          readonly suggestions: ReadonlyArray<{ readonly kind: string; readonly knowledge: readonly string[] }>;
          readonly unanswered_queries: ReadonlyArray<{ readonly query: string }>;
        };
        readonly metrics: Readonly<Record<string, number>>;
        readonly evaluations: { readonly nodes: ReadonlyArray<{ criterion: string; passed: boolean }> };
        readonly knowledge: { readonly nodes: ReadonlyArray<{ path: string }> };
      }>;
    };
  };
}

describe('content-optimization, asked of a cell', { timeout: 300_000 }, () => {
  it('is approved and read back over GraphQL with its diff, its measures and what it rests on', async () => {
    const notes = join(at.folder, 'makes.md');
    writeFileSync(notes, MAKES);
    await at.cell.json('ingest', notes, '--tenant', 'acme');
    const file = join(at.folder, 'espresso.html');
    writeFileSync(file, PAGE);
    const { id } = await at.cell.json<{ id: string }>(
      ...['tasks', 'submit', '--agent', 'seo-strategist', '--client', 'acme', '--skill', 'content-optimization'],
      ...['--input', `page=@${file}`, '--input', 'page_url=https://acme.example/espresso-repair/'],
      ...['--input', 'target_queries=["espresso machine repair leeds", "espresso machine descaling price"]'],
      ...Object.entries(OWN).flatMap(([name, content]) => {
        writeFileSync(join(at.folder, name), content);
        return ['--input', `own_pages=@${join(at.folder, name)}`];
      }),
    );
    const read = () => at.cell.query<Read>(TASK, { id });
    const waiting = await until(read, ({ task }) => ['awaiting_approval', 'failed'].includes(task.state), 180_000);
    expect(waiting.task).toMatchObject({ state: 'awaiting_approval', errorMessage: null });
    expect((await at.cell.kaze('approve', id)).code).toBe(0);

    const outcome = (await read()).task.outcomes.nodes[0]!;
    expect(outcome).toMatchObject({
      state: 'delivered',
      agent: { name: 'seo-strategist' },
      skillVersion: { name: 'content-optimization', number: 1 },
      approvals: { nodes: [{ state: 'approved', decidedBy: { name: 'Administrator' } }] },
    });
    const changed = applyPatch(PAGE, outcome.output.diff);
    expect(changed).toContain('<title>Espresso machine repair in Leeds | Acme</title>');
    expect(changed).toContain('<h2>What goes wrong</h2>');
    expect(changed).toContain('<a href="/grinder-service/">grinder service</a>');
    expect(outcome.output.unanswered_queries.map(({ query }) => query)).toEqual(['espresso machine descaling price']);
    // What is hostile in the page is words in everything that is read back.
    const report = outcome.output.report.replace(/^(`{3,})diff\n[\s\S]*?^\1$/m, '');
    expect(report).toContain('Makes');
    expect(actingParts(`${outcome.summary}\n\n${report}`)).toEqual([]);
    expect(outcome.metrics).toMatchObject({ invented_facts: 0, lost_facts: 0 });
    expect(outcome.metrics.score_after).toBeGreaterThan(outcome.metrics.score_before!);
    const { nodes } = outcome.evaluations;
    expect(nodes).toContainEqual({ criterion: 'keyword_density check', passed: true });
    expect(nodes.filter(({ passed, criterion }) => !passed && !criterion.startsWith('Do the proposed'))).toEqual([]);
    const used = outcome.knowledge.nodes.map(({ path }) => path);
    expect(used).toEqual(expect.arrayContaining(['seo/best-practices/title-element', 'seo/on-page/headings']));
    const { whyOutcome } = await at.cell.query<Why>(WHY, { id: outcome.id });
    expect(whyOutcome.passages).toMatchObject([{ source: { name: 'makes.md' } }]);
    expect(whyOutcome.entities).toEqual([
      { name: 'Linea Mini', kind: 'term' },
      { name: 'Silvia Pro', kind: 'term' },
    ]);
    for (const { knowledge } of outcome.output.suggestions)
      expect(used).toEqual(expect.arrayContaining([...knowledge]));
  });
});
