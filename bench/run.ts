/**
 * npm run bench [-- NAME ...] [--data DIR]: runs the benches named, or all of them, one after another, each in a process
 * of its own, and prints their tables.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const BENCHES: Readonly<Record<string, string>> = {
  'nested-read': 'the HTTP answer to a nested read, against the store and the bare engine',
  retrieval: 'finding and answering on a multi-hop question set (needs --data)',
};

const given = process.argv.slice(2);
const names = given.filter((word) => word in BENCHES);
const rest = given.filter((word) => !(word in BENCHES));
const unknown = given[0]?.startsWith('-') === false && names.length === 0;
if (unknown || rest.includes('--help')) {
  console.log(
    `npm run bench [-- NAME ...]\n${Object.entries(BENCHES)
      .map(([name, about]) => `  ${name.padEnd(14)}${about}`)
      .join('\n')}`,
  );
  process.exit(unknown ? 2 : 0);
}

const [cpu] = cpus();
console.log(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${platform()} ${arch()}, ${cpus().length} x ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadavg()[0]!.toFixed(1)}`,
);
for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
  const script = fileURLToPath(new URL(`./${name}/run.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', '@oxc-node/core/register', script, ...rest], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) process.exitCode = 1;
}
