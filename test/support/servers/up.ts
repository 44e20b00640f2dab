/**
 * A set of servers that outlives test runs: `npm run test:servers` prints their addresses as lines for a shell and
 * keeps them until Ctrl-C. With `--until-stdin-ends` it prints one line of JSON and ends with its standard input: the
 * test runner starts one set for all its clustered suites that way.
 */
import { once } from 'node:events';
import { startShared } from './shared.ts';

const forRunner = process.argv.includes('--until-stdin-ends');
const inputEnded = forRunner ? once(process.stdin.resume(), 'end') : undefined;
// Not waited for while they are fetched or started: what runs by then ends with this process.
const leave = () => process.exit(1);
if (forRunner) process.stdin.once('end', leave);
try {
  const set = await startShared(process.env);
  const variables = Object.entries(set.urls).map(
    ([name, url]) => [`KAZE_TEST_${name.toUpperCase()}_URL`, url] as const,
  );
  if (forRunner) {
    process.stdin.off('end', leave);
    console.log(JSON.stringify(Object.fromEntries(variables)));
    await inputEnded;
  } else {
    for (const [name, url] of variables) console.log(`export ${name}=${url}`);
    console.error('The servers run until Ctrl-C. With the lines above in a shell, clustered tests there use them.');
    // A pending promise alone would not keep the process: its servers are let go of on purpose.
    const alive = setInterval(() => undefined, 60_000);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    clearInterval(alive);
  }
  await set.stop();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
