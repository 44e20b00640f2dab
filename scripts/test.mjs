// `npm test`: everything that must hold, one suite after the other, with its wall time; `--embedded` leaves out what
// needs real servers, `--suite NAME` runs one (repeatable). Works on a fresh clone: it installs what is missing first.
// What failed is named once more at the end; the last line counts all suites: "N passed, N failed".
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePackages } from './packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', name);

const vitest = (name, project, folder) => ({ name, project, folder, clustered: project === 'clustered' });
const SUITES = [
  { name: 'typecheck', command: [bin('typescript/bin/tsc'), '--noEmit', '-p', '.'] },
  { name: 'lint', command: [bin('@biomejs/biome/bin/biome'), 'check', '.'] },
  vitest('architecture', 'embedded', 'architecture'),
  vitest('unit', 'embedded', 'unit'),
  vitest('surface', 'embedded', 'surface'),
  vitest('docs', 'embedded', 'docs'),
  vitest('contract-embedded', 'embedded', 'contract'),
  vitest('integration-embedded', 'embedded', 'integration'),
  vitest('e2e-embedded', 'embedded', 'e2e'),
  vitest('contract-clustered', 'clustered', 'contract'),
  vitest('integration-clustered', 'clustered', 'integration'),
  vitest('e2e-clustered', 'clustered', 'e2e'),
];

const PURE = ['unit', 'surface', 'docs'];

async function main(argv) {
  const suites = choose(argv);
  await ensurePackages({ root, dev: true });
  const results = [];
  let servers;
  try {
    for (const suite of suites) {
      if (suite.clustered && !servers && hasTests(suite)) {
        servers = await startServers();
        results.push(servers.result);
      }
      if (suite.clustered && servers?.result.failed) continue;
      console.log(`\n=== ${suite.name}`);
      results.push(suite.command ? await runCheck(suite) : await runTests(suite, servers?.env));
    }
  } finally {
    await servers?.stop();
  }
  report(results);
  return results.some((result) => result.failed > 0) ? 1 : 0;
}

function choose(argv) {
  const names = argv.flatMap((word, at) =>
    argv[at - 1] === '--suite' ? [word] : word.startsWith('--suite=') ? [word.slice(8)] : [],
  );
  const known = SUITES.map((suite) => suite.name);
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined || argv.at(-1) === '--suite') {
    throw new Error(`No suite ${wrong ?? ''}. There are: ${known.join(', ')}.`);
  }
  const other = argv.find(
    (word, at) => word !== '--embedded' && !word.startsWith('--suite') && argv[at - 1] !== '--suite',
  );
  if (other) throw new Error(`Unknown option ${other}. Usage: npm test -- [--embedded] [--suite NAME]`);
  return SUITES.filter((suite) =>
    names.length > 0 ? names.includes(suite.name) : !(suite.clustered && argv.includes('--embedded')),
  );
}

function hasTests({ folder, project }) {
  const path = join(root, 'test', folder);
  if (!existsSync(path)) return false;
  const files = readdirSync(path, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.test.ts'));
  if (!['contract', 'integration', 'e2e'].includes(folder)) return files.length > 0;
  return files.some((file) => file.endsWith(`${project}.test.ts`));
}

async function runCheck({ name, command }) {
  const startedAt = Date.now();
  const code = await run(process.execPath, command);
  return {
    name,
    seconds: since(startedAt),
    passed: 0,
    failed: code === 0 ? 0 : 1,
    skipped: 0,
    note: code === 0 ? 'clean' : 'FAILED',
  };
}

async function runTests(suite, env = {}) {
  const startedAt = Date.now();
  const { name } = suite;
  if (!hasTests(suite)) {
    console.log('no test files');
    return { name, seconds: 0, passed: 0, failed: 0, skipped: 0, note: 'no test files' };
  }
  const folder = mkdtempSync(join(tmpdir(), 'kaze-test-report-'));
  const file = join(folder, 'report.json');
  try {
    const args = [
      'run',
      '--project',
      suite.project,
      '--reporter=default',
      '--reporter=./scripts/report.mjs',
      // Suites compile the same modules; on disk they do so once.
      '--experimental.fsModuleCache',
      // Loading the modules anew for every file takes longer than most of the tests of pure functions.
      ...(PURE.includes(suite.name) ? ['--no-isolate'] : []),
      // The servers, and so a cell's outbox, are shared by all files: one that feeds must not empty another's.
      ...(suite.clustered ? ['--no-file-parallelism'] : []),
      `test/${suite.folder}/`,
    ];
    const code = await run(process.execPath, [bin('vitest/vitest.mjs'), ...args], { ...env, KAZE_TEST_REPORT: file });
    return { name, seconds: since(startedAt), ...count(file, code) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count(file, code) {
  const none = { passed: 0, skipped: 0, failures: [] };
  const { passed, skipped, failures } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : none;
  if (code !== 0 && failures.length === 0) failures.push(`vitest ended with ${code}`);
  return { passed, failed: failures.length, skipped, failures, note: failures.length > 0 ? 'FAILED' : '' };
}

/** One set of servers for all clustered suites, in a process that ends with our end of its standard input. */
async function startServers() {
  console.log('\n=== servers: Neo4j, NATS, Redis, PostgreSQL, OpenBao');
  const startedAt = Date.now();
  const args = ['--import', '@oxc-node/core/register', 'test/support/servers/up.ts', '--until-stdin-ends'];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  const ended = new Promise((resolve) => child.once('close', resolve));
  const line = await new Promise((resolve) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (output.includes('\n')) resolve(output.split('\n')[0]);
    });
    child.once('close', () => resolve(undefined));
  });
  const started = line !== undefined;
  if (started) console.log(`started in ${since(startedAt).toFixed(1)} s`);
  return {
    env: started ? JSON.parse(line) : {},
    result: {
      name: 'servers',
      seconds: since(startedAt),
      passed: 0,
      failed: started ? 0 : 1,
      skipped: 0,
      note: started ? 'started' : 'FAILED: see above how to get them',
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

function run(file, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('close', (code, signal) => resolve(signal ? 1 : code));
  });
}

const since = (startedAt) => (Date.now() - startedAt) / 1000;

function report(results) {
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  const row = (name, seconds, passed, failed, skipped, note) =>
    `${name.padEnd(22)}${seconds.padStart(9)}${String(passed).padStart(9)}${String(failed).padStart(8)}${String(skipped).padStart(9)}  ${note}`.trimEnd();
  console.log(`\n${row('suite', 'seconds', 'passed', 'failed', 'skipped', '')}`);
  for (const { name, seconds, passed, failed, skipped, note } of results) {
    console.log(row(name, seconds.toFixed(1), passed, failed, skipped, note));
  }
  console.log(row('total', total('seconds').toFixed(1), total('passed'), total('failed'), total('skipped'), ''));
  for (const failure of results.flatMap((result) => result.failures ?? [])) console.log(`\nFAILED ${failure}`);
  const skipped = total('skipped') > 0 ? `, ${total('skipped')} skipped` : '';
  console.log(`\n${total('passed')} passed, ${total('failed')} failed${skipped}`);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error?.forUser ? error.message : (error?.message ?? error));
    process.exitCode = 1;
  },
);
