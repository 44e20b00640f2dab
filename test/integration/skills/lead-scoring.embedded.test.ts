import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateSoftwareFirm } from '../../fixtures/clients/software-firm/index.ts';
import { cellOfFile } from '../../support/cell/cell-of-file.ts';
import { until } from '../../support/cell/cell-process.ts';

const at = cellOfFile('lead-scoring');

const TASK = `query ($id: ID!) { task(id: $id) { state errorCode errorMessage outcomes { nodes {
  id state output metrics
  agent { name } skillVersion { name number }
  evaluations { nodes { criterion passed value } }
  knowledge { nodes { path } }
  approvals { nodes { state decidedBy { name } } }
  models { nodes { id name hash dataHash rows positives metrics supersedes { id } } }
} } } }`;

interface Read {
  readonly state: string;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly outcomes: {
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly output: {
        readonly scored_leads: ReadonlyArray<{ id: string }>;
        readonly model_card: { readonly model_hash: string; readonly data_hash: string };
        readonly drift: { readonly leads: number; readonly compared_with: string } | null;
      };
      readonly metrics: Readonly<Record<string, number>>;
      readonly evaluations: {
        readonly nodes: ReadonlyArray<{ criterion: string; passed: boolean; value: number | null }>;
      };
      readonly knowledge: { readonly nodes: ReadonlyArray<{ path: string }> };
      readonly models: {
        readonly nodes: ReadonlyArray<{ id: string; metrics: { auc: number }; supersedes: { id: string } | null }>;
      };
    }>;
  };
}

async function scored(options: Partial<Parameters<typeof generateSoftwareFirm>[0]>, awaited: string) {
  const { files, truth } = generateSoftwareFirm({ seed: 41, leads: 1_600, product: 'pipedrive-en', ...options });
  const file = join(at.folder, files.leads!.name);
  writeFileSync(file, files.leads!.bytes);
  const { id } = await at.cell.json<{ id: string }>(
    ...['tasks', 'submit', '--agent', 'crm-analyst', '--client', 'acme', '--skill', 'lead-scoring'],
    ...['--input', `leads=@${file}`],
  );
  const read = () => at.cell.query<{ task: Read }>(TASK, { id });
  const { task } = await until(read, (one) => [awaited, 'failed', 'delivered'].includes(one.task.state), 180_000);
  expect(task).toMatchObject({ state: awaited });
  return { id, task, truth, read };
}

describe('lead-scoring, asked of a cell', { timeout: 300_000 }, () => {
  it('is approved and read back over GraphQL with where it comes from; the next run says how it did', async () => {
    const first = await scored({}, 'awaiting_approval');
    expect((await at.cell.kaze('approve', first.id)).code).toBe(0);
    const { task } = await first.read();
    const outcome = task.outcomes.nodes[0]!;
    expect(outcome).toMatchObject({
      state: 'delivered',
      agent: { name: 'crm-analyst' },
      skillVersion: { name: 'lead-scoring', number: 1 },
      approvals: { nodes: [{ state: 'approved', decidedBy: { name: 'Administrator' } }] },
    });
    const open = first.truth.leads.filter(({ shown }) => shown === 'open');
    expect(outcome.output.scored_leads).toHaveLength(open.length);
    expect(outcome.evaluations.nodes.every(({ passed }) => passed)).toBe(true);
    expect(outcome.evaluations.nodes).toContainEqual(
      expect.objectContaining({ criterion: 'auc_low > 0.5', value: outcome.metrics.auc_low }),
    );
    expect(outcome.knowledge.nodes.map(({ path }) => path)).toContain('crm/best-practices/no-leakage');
    const { model_hash: hash, data_hash: dataHash } = outcome.output.model_card;
    expect(outcome.models.nodes).toMatchObject([{ name: 'lead-score', hash, dataHash, supersedes: null }]);
    expect(outcome.models.nodes[0]!.metrics.auc).toBe(outcome.metrics.auc);

    const second = await scored({ decidedBy: '2027-06-30' }, 'awaiting_approval');
    const next = second.task.outcomes.nodes[0]!;
    const decided = second.truth.leads.filter(
      (lead, at) => first.truth.leads[at]!.shown === 'open' && lead.shown !== 'open',
    );
    expect(next.output.drift).toMatchObject({ compared_with: `outcome ${outcome.id}`, leads: decided.length });
    expect(next.models.nodes).toMatchObject([{ supersedes: { id: outcome.models.nodes[0]!.id } }]);
  });

  it('ends without an outcome and with the reason where the data know nothing', async () => {
    const { task } = await scored({ signal: 'none', seed: 42 }, 'failed');
    expect(task).toMatchObject({ errorCode: 'KAZE_SKILL_DATA_INSUFFICIENT', outcomes: { nodes: [] } });
    expect(task.errorMessage).toContain('the data cannot support a score');
  });
});
