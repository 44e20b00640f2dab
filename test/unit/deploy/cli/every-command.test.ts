import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cli } from '../../../../deploy/cli/cli.ts';
import { COMMANDS } from '../../../../deploy/cli/commands/index.ts';
import { CommandError } from '../../../../deploy/cli/errors.ts';
import { buildProgram, helpTexts } from '../../../../deploy/cli/program.ts';
import { fakeCell, kaze } from './fake-terminal.ts';

const at = '2026-11-22T18:00:00.000Z';
const page = { totalCount: 1, pageInfo: { endCursor: 'c1', hasNextPage: false } };
const task = {
  ...{ id: 't1', skill: 'keyword-research', state: 'delivered', scope: 'tenant:acme', createdAt: at, startedAt: at },
  ...{ finishedAt: at, attempt: 1, maxAttempts: 3, steps: 2, costMicros: 0, progress: null, errorCode: null },
  ...{ errorMessage: null, errorRemedy: null, agent: { name: 'seo-strategist' } },
};
const outcome = {
  id: 'o1',
  state: 'delivered',
  summary: 'Done.',
  output: { a: 1 },
  editedOutput: null,
  metrics: {},
  notes: [],
};
const checks = {
  nodes: [{ criterion: 'x > 1', passed: true, skipped: false, value: 2, explanation: 'x = 2', remedy: null }],
};
const approval = {
  ...{ id: 'a1', state: 'pending', risk: 'low', scope: 'tenant:acme', createdAt: at, decidedAt: null, reason: null },
  ...{ decidedBy: null, task: { id: 't1', skill: 's', state: 'awaiting_approval', agent: { name: 'seo-strategist' } } },
};
const source = {
  ...{ id: 's1', name: 'a.md', title: null, format: 'markdown', state: 'active', scope: 'tenant:acme', bytes: 10 },
  ...{
    language: 'en',
    revision: 1,
    chunkCount: 1,
    ingestedAt: at,
    errorCode: null,
    errorMessage: null,
    root: { name: 'r' },
  },
};
const chunk = {
  id: 'c1',
  headings: ['Leave'],
  page: null,
  line: 3,
  text: '27 days',
  source: { id: 's1', name: 'a.md', title: null },
};
const agent = {
  id: 'g1',
  name: 'seo-strategist',
  role: 'r',
  state: 'active',
  scope: 'tenant:acme',
  pausedReason: null,
};
const skills = { edges: [{ level: 'supervised', node: { name: 'keyword-research', status: 'implemented' } }] };
const skill = {
  id: 'k1',
  name: 'keyword-research',
  description: 'd',
  status: 'implemented',
  vertical: { name: 'seo' },
};
const token = {
  ...{ id: 'k1', name: 'ci', owner: 'p1', ownerType: 'Person', role: 'viewer', tenant: null, createdAt: at },
  ...{ expiresAt: null, revokedAt: null, lastUsedAt: null },
};
const item = {
  ...{ id: 'i1', kind: 'fact', title: 'T', text: 'x', path: null, scope: 'tenant:acme', confidence: 1, importance: 1 },
  ...{ language: 'en', reference: null, validFrom: null, validTo: null, recordedAt: at, retiredAt: null },
  ...{ sources: { nodes: [] }, chunks: { nodes: [chunk] }, entities: { nodes: [] }, supersedes: { nodes: [] } },
  supersededBy: { nodes: [] },
};

const ANSWERS: Record<string, unknown> = {
  DemoCell: { me: { role: 'admin' }, tenants: { nodes: [] }, skills: { nodes: [] } },
  TenantCreate: { createTenant: { tenant: { id: 'n1' } } },
  DemoClient: { agents: { nodes: [] }, people: { nodes: [] }, sources: { nodes: [] } },
  AgentBind: { bindAgent: { agent: { id: 'g1', name: 'crm-analyst' } } },
  PersonCreate: { createPerson: { person: { id: 'p1', name: 'Jonas Reuter' } } },
  DemoTasks: { tasks: { nodes: [] } },
  TenantList: { me: { tenant: null }, tenants: { nodes: [{ name: 'acme', title: 'Acme' }] } },
  TaskSubmit: { submitTask: { task } },
  TaskList: { tasks: { ...page, nodes: [task] } },
  TaskStatus: { task },
  TaskDetail: {
    task: { ...task, outcomes: { nodes: [{ ...outcome, evaluations: checks }] }, approvals: { nodes: [] } },
  },
  TaskChanged: (async function* () {})(),
  TaskCancel: { cancelTask: { task } },
  TaskRetry: { retryTask: { task } },
  TaskResume: { resumeTask: { task } },
  ApprovalList: { approvals: { ...page, nodes: [approval] } },
  ApprovalDetail: { approval: { ...approval, outcome: { ...outcome, evaluations: checks } }, task: null },
  ApprovalDecide: { decideApproval: { approval: { ...approval, state: 'approved' }, task, outcome } },
  SourceList: { sources: { ...page, nodes: [source] } },
  SourceDetail: {
    source: {
      ...source,
      vertical: null,
      erasedAt: null,
      chunks: { totalCount: 1, nodes: [chunk] },
      knowledge: { totalCount: 0 },
    },
  },
  SourceIngest: { ingestSource: { source, change: 'created', chunks: 1, entities: 0, knowledge: 0 } },
  SourceRootFinish: { finishSourceRoot: { total: 1, missing: 0, retired: 0, held: false } },
  SourceDelete: { deleteSource: { source: { ...source, state: 'erased', erasedAt: at, erasedBy: 'p1' } } },
  AskQuestion: {
    ask: {
      known: true,
      answer: '27 [1]',
      model: 'offline',
      citations: [{ number: 1, quote: '27 days', chunk }],
      knowledge: [],
    },
  },
  MessageSend: {
    sendMessage: {
      ...{ clarifying: false, conversation: { id: 'v1', agent: null }, message: { id: 'm1' }, task: null },
      reply: { id: 'm2', text: '27', chunks: { nodes: [chunk] } },
    },
  },
  AgentList: { agents: { ...page, nodes: [{ ...agent, skills }] } },
  AgentFind: { agents: { nodes: [agent] } },
  AgentDetail: {
    agent: {
      ...agent,
      skills,
      ramp: ['supervised'],
      knowledge: [],
      restarts: 0,
      tasks: { totalCount: 1, nodes: [task] },
    },
  },
  AgentBound: { bindAgent: { agent: { ...agent, skills, knowledge: ['seo/*'] } } },
  AgentPause: { pauseAgent: { agent } },
  SkillList: { skills: { ...page, nodes: [{ ...skill, current: { number: 1, risk: 'low' } }] } },
  SkillDetail: { skills: { nodes: [{ ...skill, current: null, versions: { totalCount: 1 }, agents: { edges: [] } }] } },
  SkillVersionList: {
    skills: {
      nodes: [
        {
          ...{ id: 'k1', name: 'keyword-research', status: 'implemented', pinned: 1, current: { number: 1 } },
          versions: {
            totalCount: 3,
            nodes: [
              {
                ...{ id: 'v2', number: 2, hash: 'abcdef0123456789', handlerRevision: 1, risk: 'low', createdAt: at },
                ...{ tasks: { totalCount: 4 }, pinnedBy: { nodes: [{ name: 'a', scope: 'tenant:acme' }] } },
              },
              {
                ...{ id: 'v1', number: 1, hash: 'abcdef0123456789', handlerRevision: null, risk: 'low', createdAt: at },
                ...{ tasks: { totalCount: 4 }, pinnedBy: { nodes: [] } },
              },
            ],
          },
        },
      ],
    },
  },
  SkillDiff: {
    skillDiff: {
      skill: { id: 'k1', name: 'keyword-research' },
      ...{ from: { id: 'v1', number: 1, createdAt: at }, to: { id: 'v2', number: 2, createdAt: at } },
      changes: [
        { part: 'input', change: 'added', name: 'x', before: null, after: 'text, required', breaking: true },
        { part: 'prompt', change: 'changed', name: null, before: 'a', after: 'b', breaking: false },
      ],
      unified: '--- 1\n+++ 2\n@@ -1 +1 @@\n-a\n+b\n',
    },
  },
  SkillPin: { pinSkill: { skill: { ...skill, pinned: 1 }, agent: null, version: { id: 'v1', number: 1 } } },
  SkillUnpin: { unpinSkill: { skill: { ...skill, pinned: null }, agent, version: { id: 'v2', number: 2 } } },
  SkillRollback: { rollbackSkill: { skill: { ...skill, pinned: 1 }, agent: null, version: { id: 'v1', number: 1 } } },
  KnowledgeSearch: { searchKnowledge: { hits: [{ score: 1, reasons: ['text 1.00'], excerpt: 'x', node: item }] } },
  KnowledgeDetail: { knowledgeItem: item },
  raw: { data: { me: { name: 'x' } } },
  TokenCreate: { createToken: { token: 'kaze_secret', info: token } },
  TokenList: { tokens: [token] },
  TokenRevoke: { revokeToken: { info: { ...token, revokedAt: at } } },
  AuditList: {
    audit: [
      {
        sequence: 1,
        at,
        attempt: 'x',
        phase: 'outcome',
        actor: 'p',
        action: 'a',
        subject: 's',
        scope: 'platform',
        result: 'ok',
      },
    ],
  },
  AuditVerify: { auditVerify: { ok: true, checked: 1, head: 'h', broken: null } },
  UsageSum: {
    usage: [
      {
        group: { tenant: 'acme' },
        calls: 1,
        inputTokens: 1,
        outputTokens: 1,
        cachedTokens: 0,
        cacheWriteTokens: 0,
        reasoningTokens: 0,
        costMicros: 0,
      },
    ],
  },
  ModelChoices: {
    modelChoices: [
      {
        ...{ taskType: 'draft', choices: 3, costMicros: 9, judged: 2, quality: 0.5, interval: { low: 0.1, high: 0.9 } },
        models: [
          {
            ...{ model: 'a/b', choices: 3, costMicros: 9, judged: 2, quality: 0.5, interval: { low: 0.1, high: 0.9 } },
            taskCostMicros: 3,
            verdicts: { approved: 1, edited: 0, rejected: 1, passed: 0, failed: 0 },
          },
        ],
        regrets: [{ against: 'best', model: 'a/b', quality: 0, costMicros: 0 }],
      },
    ],
  },
  Me: { me: { name: 'x', role: 'admin', tenant: null }, cellInfo: { name: 'main', version: '0.1.0', startedAt: at } },
  CellDoctor: { doctor: [{ name: 'graph', ok: true, detail: 'answers' }] },
};

/** One working line per command with the keys of its JSON. Those that bring a whole cell run in the integration test. */
const LINES: ReadonlyArray<readonly [line: string, keys: readonly string[]]> = [
  ['demo --client demo-software', ['url', 'clients', 'tasks', 'waiting', 'queries', 'next']],
  ['ask how much --tenant acme', ['known', 'answer', 'model', 'citations']],
  ['chat --tenant acme', ['clarifying', 'conversation', 'message', 'reply', 'task']],
  ['ingest a.md --tenant acme', ['tenant', 'root', 'complete', 'totals', 'finished', 'skipped', 'files']],
  ['sources list', ['totalCount', 'nodes', 'pageInfo']],
  ['sources show s1', ['id', 'name', 'chunks']],
  ['sources delete s1 --yes', ['id', 'state', 'erasedAt', 'erasedBy']],
  ['tasks submit --agent a --skill s --tenant acme --input x=1', ['id', 'state', 'skill']],
  ['tasks list', ['totalCount', 'nodes', 'pageInfo']],
  ['tasks show t1', ['id', 'state', 'outcomes']],
  ['tasks watch t1', ['id', 'state']],
  ['tasks cancel t1', ['id', 'state']],
  ['tasks retry t1', ['id', 'state']],
  ['tasks resume t1', ['id', 'state']],
  ['approve t1', ['approval', 'task', 'outcome']],
  ['edit t1 --file outputs.json', ['approval', 'task', 'outcome']],
  ['reject t1 --reason no', ['approval', 'task', 'outcome']],
  ['approvals list', ['totalCount', 'nodes', 'pageInfo']],
  ['approvals show a1', ['id', 'state', 'outcome']],
  ['agents list', ['totalCount', 'nodes', 'pageInfo']],
  ['agents show seo-strategist', ['id', 'name', 'skills']],
  ['agents bind seo-strategist --tenant acme', ['id', 'name', 'knowledge']],
  ['agents pause seo-strategist', ['id', 'name', 'state']],
  ['agents resume seo-strategist', ['id', 'name', 'state']],
  ['agents validate agent.yaml', ['ok', 'files']],
  ['skills list', ['totalCount', 'nodes', 'pageInfo']],
  ['skills show keyword-research', ['id', 'name', 'current']],
  ['skills validate skill.yaml', ['ok', 'files']],
  ['skills test to-do', ['ok', 'skills']],
  ['skills versions keyword-research', ['id', 'pinned', 'versions']],
  ['skills diff keyword-research 1 2', ['from', 'to', 'changes', 'unified']],
  ['skills pin keyword-research 1', ['skill', 'agent', 'version']],
  ['skills unpin keyword-research --agent seo-strategist', ['skill', 'agent', 'version']],
  ['skills rollback keyword-research', ['skill', 'agent', 'version']],
  ['knowledge search leave', ['hits']],
  ['knowledge show i1', ['id', 'title', 'text']],
  ['knowledge lint --dir packs', ['ok', 'items', 'problems']],
  ['query operation.graphql', ['data']],
  ['tokens create ci --role viewer', ['token', 'id', 'role']],
  ['tokens list', ['nodes']],
  ['tokens revoke k1', ['id', 'revokedAt']],
  ['secrets set providers/a/studio', ['path', 'change']],
  ['secrets list', ['nodes']],
  ['secrets remove providers/a/studio', ['path', 'change']],
  ['gateway keys create ci --tenant acme', ['secret', 'id', 'tenant', 'models']],
  ['gateway keys list', ['nodes']],
  ['gateway usage', ['nodes']],
  ['gateway report', ['nodes']],
  ['audit list', ['nodes']],
  ['audit verify', ['ok', 'checked', 'head', 'broken']],
  ['usage', ['nodes']],
  ['doctor', ['ok', 'checks']],
  ['version', ['kaze', 'node', 'platform', 'cell']],
];
/** Some commands need no cell but a key. */
const ENV = { KAZE_SECRETS_KEY: 'a key of more than sixteen characters' };
/** So does a gateway; and which key to revoke is known only once there is one. */
const BRING_A_CELL = ['start', 'restore', 'backup', 'gateway start', 'gateway keys revoke'];
/** What `new` writes is there the second time: new.test.ts runs it. */
const WRITE_ONCE = ['new skill', 'new agent', 'new vertical'];

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kaze-cli-'));
  writeFileSync(join(cwd, 'a.md'), '# Leave\n\n27 days.\n');
  writeFileSync(join(cwd, 'outputs.json'), '{"a": 2}');
  writeFileSync(join(cwd, 'operation.graphql'), '{ me { name } }');
  writeFileSync(join(cwd, 'skill.yaml'), 'skill: x\n  description: y\n');
  mkdirSync(join(cwd, 'packs', 'seo', 'knowledge'), { recursive: true });
  writeFileSync(join(cwd, 'packs', 'seo', 'knowledge', 'a.yaml'), 'pack: seo\nitems: [{ path: seo/a/b }]\n');
  writeFileSync(join(cwd, 'agent.yaml'), 'agent: x\n  role: y\n');
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const program = await buildProgram(
  new Cli({ stdout: { write: () => true }, stderr: { write: () => true }, env: {} } as never),
  'all',
);
const leaves = helpTexts(program).filter(({ path }) => path !== 'kaze' && !/Commands:/.test(helpOf(path)));

function helpOf(path: string): string {
  return helpTexts(program).find((one) => one.path === path)!.text;
}

describe('every command', () => {
  it('is exercised below', () => {
    const exercised = LINES.map(([line]) => line);
    const missing = leaves
      .map(({ path }) => path.replace(/^kaze /, ''))
      .filter(
        (name) =>
          ![...BRING_A_CELL, ...WRITE_ONCE].includes(name) &&
          !exercised.some((line) => `${line} `.startsWith(`${name} `)),
      );
    expect(missing).toEqual([]);
  });

  it.each(leaves.map(({ path }) => [path]))('%s shows its options, --json and examples in its help', async (path) => {
    const { code, out, err } = await kaze([...path.split(' ').slice(1), '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('--json');
    expect(out).toMatch(/Examples:\n {2}\$ /);
  });

  it('stands in the overview with the summary of its own file', async () => {
    const { out } = await kaze(['help']);
    for (const { name, summary } of COMMANDS) {
      expect(out).toContain(summary);
      const own = program.commands.find((command) => command.name() === name)!;
      expect(own.summary(), name).toBe(summary);
    }
  });
});

describe('with --json every command', () => {
  it.each(LINES)('prints %s as one value of a stable shape', async (line, keys) => {
    const { connect } = fakeCell(ANSWERS);
    const { out } = await kaze([...line.split(' '), '--json'], { connect, cwd, env: ENV, stdin: 'hello\n' });
    expect(Object.keys(JSON.parse(out))).toEqual(expect.arrayContaining([...keys]));
  });

  const needCell = LINES.filter(([line]) => !/validate|lint|doctor|version|secrets|gateway|skills test/.test(line));
  it.each(needCell)('prints the failure of %s as one error, and does not end with 0', async (line) => {
    const refusal = new CommandError('KAZE_API_FORBIDDEN', 'the role viewer may not', { roles: ['admin'] });
    const answers = Object.fromEntries(Object.keys(ANSWERS).map((name) => [name, refusal]));
    const { code, out } = await kaze([...line.split(' '), '--json'], {
      connect: fakeCell(answers).connect,
      cwd,
      stdin: 'x\n',
    });
    const error = { code: 'KAZE_API_FORBIDDEN', fields: expect.objectContaining({ roles: ['admin'] }) };
    expect(JSON.parse(out)).toEqual({
      error: { ...error, message: expect.stringContaining('the role viewer may not') },
    });
    expect(code).toBe(5);
  });
});

describe('for people every command', () => {
  it.each(LINES)('prints %s without JSON, without colour and without a credential', async (line) => {
    const { connect } = fakeCell(ANSWERS);
    const { out, err } = await kaze(line.split(' '), {
      connect,
      cwd,
      stdin: 'hello\n',
      env: { ...ENV, KAZE_API_TOKEN: 'kaze_mine_0123456789' },
    });
    expect(out.trim()).not.toBe('');
    if (!line.startsWith('query')) expect(out).not.toMatch(/^\{/);
    expect(out + err).not.toContain('\u001b');
    expect(out + err).not.toContain('kaze_mine_0123456789');
  });
});
