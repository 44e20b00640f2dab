// `npm test`: everything that must hold, suite by suite, with its time; `--embedded` leaves out what needs real servers,
// `--suite NAME` runs one (repeatable). Works on a fresh clone: it installs what is missing first.
// Quick suites run one after the other on both cores; then those that wait a lot run in two lanes, one worker each: in
// the first what shares the servers, file after file, in the second what needs none, in parts.
// What failed is named once more at the end; the last line counts all suites: "N passed, N failed".
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTwoLanes, onStop, run, stopOnSignals, stoppedBy } from './lanes.mjs';
import { ensurePackages } from './packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', name);

const vitest = (name, project, folder, parts) => ({
  name,
  project,
  folder,
  clustered: project === 'clustered',
  /** Into how many parts it may be cut to fill a lane; a suite without runs alone. */
  parts,
});
const SUITES = [
  { name: 'typecheck', command: [bin('typescript/bin/tsc'), '--noEmit', '-p', '.'] },
  { name: 'lint', command: [bin('@biomejs/biome/bin/biome'), 'check', '.'] },
  vitest('architecture', 'embedded', 'architecture'),
  vitest('unit', 'embedded', 'unit'),
  vitest('surface', 'embedded', 'surface'),
  vitest('docs', 'embedded', 'docs'),
  // The longest files first, the small parts last: the lanes end together.
  vitest('e2e-embedded', 'embedded', 'e2e', 20),
  vitest('integration-embedded', 'embedded', 'integration', 4),
  vitest('contract-embedded', 'embedded', 'contract', 3),
  vitest('contract-clustered', 'clustered', 'contract', 1),
  vitest('integration-clustered', 'clustered', 'integration', 1),
  vitest('e2e-clustered', 'clustered', 'e2e', 1),
];

const PURE = ['unit', 'surface', 'docs'];

async function main(argv) {
  const suites = choose(argv);
  await ensurePackages({ root, dev: true });
  stopOnSignals();
  const startedAt = Date.now();
  const results = [];
  const long = suites.filter(({ parts }) => parts);
  // One long suite alone has both cores and the terminal for itself.
  const beside = long.length > 1 ? long : [];
  for (const suite of suites.filter((suite) => !beside.includes(suite) && !suite.clustered)) {
    if (!stoppedBy()) results.push(await runSuite(suite));
  }
  const clustered = suites.filter((suite) => suite.clustered);
  const jobs = beside
    .filter((suite) => !suite.clustered)
    .flatMap((suite) => partsOf(suite).map((part) => async () => results.push(await runSuite(suite, part))));
  const withServers = async () => results.push(...(await runClustered(clustered, jobs.length > 0)));
  await inTwoLanes([withServers], jobs);
  if (stoppedBy()) {
    console.error(`Stopped by ${stoppedBy()}.`);
    return stoppedBy() === 'SIGINT' ? 130 : 1;
  }
  report(results, since(startedAt));
  return results.some((result) => result.failed > 0) ? 1 : 0;
}

/** The suites that share one set of servers. */
async function runClustered(suites, labelled) {
  if (!suites.some(hasTests)) return [];
  const servers = await startServers();
  const results = [servers.result];
  try {
    for (const suite of servers.result.failed ? [] : suites) {
      if (!stoppedBy()) results.push(await runSuite(suite, { labelled, env: servers.env }));
    }
  } finally {
    await servers.stop();
  }
  return results;
}

/** @returns what each part runs: its files, and what its lines begin with */
function partsOf(suite) {
  const files = testFiles(suite).sort();
  const number = Math.min(suite.parts, files.length);
  return Array.from({ length: number }, (_, at) => ({
    labelled: true,
    number: number > 1 ? ` ${at + 1}/${number}` : '',
    files: files.filter((_, index) => index % number === at),
  }));
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

const hasTests = (suite) => testFiles(suite).length > 0;

/** @returns {string[]} from the repository's root on */
function testFiles({ folder, project }) {
  const path = join(root, 'test', folder);
  if (!existsSync(path)) return [];
  const ending = ['contract', 'integration', 'e2e'].includes(folder) ? `${project}.test.ts` : '.test.ts';
  return readdirSync(path, { recursive: true })
    .map((file) => `test/${folder}/${String(file).replaceAll(sep, '/')}`)
    .filter((file) => file.endsWith(ending));
}

async function runSuite(suite, { labelled = false, number = '', files, env } = {}) {
  const name = `${suite.name}${number}`;
  console.log(`\n=== ${name}`);
  const startedAt = Date.now();
  const options = { cwd: root, env, label: labelled ? name : undefined };
  const counts = suite.command
    ? await runCheck(suite, options)
    : await runTests(suite, { ...options, files: files ?? [`test/${suite.folder}/`] });
  const result = { name: suite.name, seconds: since(startedAt), ...counts };
  if (labelled && !stoppedBy())
    console.log(`\n=== ${name}: ${result.passed} passed, ${result.failed} failed in ${result.seconds.toFixed(1)} s`);
  return result;
}

async function runCheck({ command }, options) {
  const code = await run(process.execPath, command, options);
  return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0, note: code === 0 ? 'clean' : 'FAILED' };
}

async function runTests(suite, { files, env, ...options }) {
  if (!hasTests(suite)) {
    console.log('no test files');
    return { passed: 0, failed: 0, skipped: 0, note: 'no test files' };
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
      // How long each file took is kept in one file, which two runs at once would tear.
      '--no-cache',
      // Loading the modules anew for every file takes longer than most of the tests of pure functions.
      ...(PURE.includes(suite.name) ? ['--no-isolate'] : []),
      // A lane has one worker. And the servers, and so a cell's outbox, are shared by all clustered files: one that
      // feeds must not empty another's.
      ...(suite.clustered || options.label !== undefined ? ['--no-file-parallelism'] : []),
      ...files,
    ];
    const code = await run(process.execPath, [bin('vitest/vitest.mjs'), ...args], {
      ...options,
      env: { ...env, KAZE_TEST_REPORT: file },
    });
    return count(file, code);
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
  const options = { cwd: root, stdio: ['pipe', 'pipe', 'inherit'], detached: true };
  const child = spawn(process.execPath, args, options);
  child.stdin.on('error', () => undefined);
  onStop(() => child.stdin.end());
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

const since = (startedAt) => (Date.now() - startedAt) / 1000;

/** The seconds of a suite are those of its parts together; the last row has those of the whole run. */
function report(results, seconds) {
  const rows = ['servers', ...SUITES.map((suite) => suite.name)]
    .map((name) => merged(results.filter((result) => result.name === name)))
    .filter((row) => row !== undefined);
  const row = (name, { seconds, passed, failed, skipped, note = '' }) =>
    `${name.padEnd(22)}${String(seconds).padStart(9)}${String(passed).padStart(9)}${String(failed).padStart(8)}${String(skipped).padStart(9)}  ${note}`.trimEnd();
  const total = merged(results);
  console.log(`\n${row('suite', { seconds: 'seconds', passed: 'passed', failed: 'failed', skipped: 'skipped' })}`);
  for (const part of rows) console.log(row(part.name, { ...part, seconds: part.seconds.toFixed(1) }));
  console.log(row('total', { ...total, seconds: seconds.toFixed(1), note: '' }));
  for (const failure of total.failures) console.log(`\nFAILED ${failure}`);
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
}

function merged(results) {
  if (results.length === 0) return undefined;
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  return {
    name: results[0].name,
    seconds: sum('seconds'),
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: sum('skipped'),
    note: results.find(({ note }) => note.startsWith('FAILED'))?.note ?? results[0].note,
    failures: results.flatMap(({ failures = [] }) => failures),
  };
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
