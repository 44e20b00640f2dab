/**
 * npm run bench [-- NAME ...] [--json FILE] [--data DIR]: runs the benches named, or all of them, one after another,
 * each in a process of its own, and prints their tables; `--json` writes what they found as data too.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const BENCHES: Readonly<Record<string, string>> = {
  'agent-cost': 'a durable task of two calls of a model and one tool, against the bare loop that makes them',
  'nested-read': 'the HTTP answer to a nested read, against the store, the bare engine and @neo4j/graphql',
  'graphql-layer': 'the GraphQL layer without a database, against a plain JSON server',
  gateway:
    'the gateway’s throughput, CPU, latency, memory, leavers and caps, against direct, a bare proxy and Portkey (--part, --requests N, --long N)',
  growth: 'restart, reads, search and memory at 500,000 nodes and at a tenth (--size small|large|both, --work DIR)',
  ingestion: 'passages a second with and without vectors, and memory over a corpus ten times as large',
  retrieval: 'finding and answering on a multi-hop question set (needs --data)',
  skills: 'time and memory of keyword research, and what the skills find of what was planted',
};

const given = process.argv.slice(2);
const jsonAt = given.indexOf('--json');
const [, jsonFile] = jsonAt < 0 ? [] : given.splice(jsonAt, 2);
const names = given.filter((word) => word in BENCHES);
const rest = given.filter((word) => !(word in BENCHES));
const unknown = (given[0]?.startsWith('-') === false && names.length === 0) || (jsonAt >= 0 && !jsonFile);
if (unknown || rest.includes('--help')) {
  console.log(
    `npm run bench [-- NAME ...] [--json FILE]\n${Object.entries(BENCHES)
      .map(([name, about]) => `  ${name.padEnd(14)}${about}`)
      .join('\n')}`,
  );
  process.exit(unknown ? 2 : 0);
}

const [cpu] = cpus();
const machine = `Node ${process.versions.node}, ${platform()} ${arch()}, ${cpus().length} x ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
const date = new Date().toISOString().slice(0, 10);
console.log(`${date}, ${machine}, load ${loadavg()[0]!.toFixed(1)}`);
const reports: unknown[] = [];
for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
  const script = fileURLToPath(new URL(`./${name}/run.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', '@oxc-node/core/register', script, ...rest], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', (report) => reports.push({ bench: name, ...(report as object) }));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) process.exitCode = 1;
}
if (jsonFile) await writeFile(jsonFile, `${JSON.stringify({ date, machine, reports }, null, 2)}\n`);
