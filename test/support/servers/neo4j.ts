import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import neo4j from 'neo4j-driver';
import { cacheFolder, placeFolder, withInstallLock } from './cache.ts';
import { launch } from './child.ts';
import { aptInstall, findProgram, lastLines, run, ServerUnavailable } from './commands.ts';
import type { Installed, RunningServer, StartOptions } from './types.ts';

export const NEO4J_VERSION = '5.26.30';
const JAVA_MAJOR = 17;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
  <groupId>kaze.dev</groupId><artifactId>neo4j-runtime</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.neo4j.app</groupId><artifactId>neo4j-server</artifactId><version>${NEO4J_VERSION}</version></dependency>
    <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>${NEO4J_VERSION}</version></dependency>
  </dependencies></project>
`;

const SETTINGS: Readonly<Record<string, string>> = {
  'server.default_listen_address': '127.0.0.1',
  'server.http.enabled': 'false',
  'server.https.enabled': 'false',
  'dbms.usage_report.enabled': 'false',
  'dbms.security.auth_enabled': 'false',
  'server.memory.pagecache.size': '64m',
  // Without these two an empty store takes 516 MB instead of 2.
  'db.tx_log.preallocate': 'false',
  'db.tx_log.rotation.size': '16m',
  // A time limit is looked at every two seconds by default, which no test of time limits could tell from none.
  'db.transaction.monitor.check.interval': '100ms',
  // An orderly end takes 11 s without it.
  'internal.server.bolt.thread_pool_shutdown_wait_time': '100ms',
};

/** Neo4j Community from Maven Central, and Java where it is missing; about 125 MB, a minute the first time. */
export async function install(): Promise<Installed> {
  const target = join(cacheFolder(), `neo4j-${NEO4J_VERSION}`);
  await withInstallLock('neo4j', async () => {
    await findJava();
    if (!(await isComplete(target))) await fetchJars(target);
  });
  return { version: NEO4J_VERSION, path: join(target, 'lib') };
}

/** Community without authentication (`neo4j.driver(url)`), 512 MB heap, 10 to 18 s until it answers. */
export async function start(options: StartOptions = {}): Promise<RunningServer> {
  const { path: lib } = await install();
  const java = await findJava();
  return launch(
    {
      name: 'neo4j',
      readyWithinMs: 120_000,
      url: ({ port }) => `bolt://127.0.0.1:${port}`,
      async prepare({ folder, port }) {
        const settings = { ...SETTINGS, 'server.bolt.listen_address': `127.0.0.1:${port}`, ...options.settings };
        await mkdir(join(folder, 'conf'), { recursive: true });
        const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
        await writeFile(join(folder, 'conf', 'neo4j.conf'), lines.join(''));
      },
      command: ({ folder }) => ({ file: java, args: javaArguments(lib, folder, options.javaArguments) }),
      async ready({ port }) {
        const driver = neo4j.driver(`bolt://127.0.0.1:${port}`, undefined, {
          connectionTimeout: 2_000,
          maxTransactionRetryTime: 0,
        });
        try {
          // The port opens before the default database does: only a query proves both.
          await driver.executeQuery('RETURN 1', {}, { database: 'neo4j' });
        } finally {
          await driver.close();
        }
      },
    },
    options,
  );
}

function javaArguments(lib: string, folder: string, more: readonly string[] = []): string[] {
  const opened = ['java.nio', 'java.io', 'sun.nio.ch', 'java.util.concurrent'];
  return [
    // The small collector and the quick compiler alone: a third less start time and memory than G1 for test loads.
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Xms256m',
    '-Xmx512m',
    ...more,
    ...opened.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
    '-cp',
    `${lib}/*`,
    'org.neo4j.server.CommunityEntryPoint',
    `--home-dir=${folder}`,
    `--config-dir=${join(folder, 'conf')}`,
  ];
}

async function findJava(): Promise<string> {
  let java = await usableJava();
  if (!java) {
    await aptInstall(`Java ${JAVA_MAJOR}, which Neo4j runs on,`, [`openjdk-${JAVA_MAJOR}-jre-headless`]);
    java = await usableJava();
  }
  if (!java) throw new ServerUnavailable(`Neo4j needs Java ${JAVA_MAJOR} or later. Set JAVA_HOME to one.`);
  return java;
}

async function usableJava(): Promise<string | undefined> {
  const home = process.env.JAVA_HOME;
  const java = await findProgram(...(home ? [join(home, 'bin', 'java')] : []), 'java');
  if (!java) return undefined;
  const { output } = await run(java, ['-version']);
  return Number(/version "(\d+)/.exec(output)?.[1] ?? 0) >= JAVA_MAJOR ? java : undefined;
}

async function fetchJars(target: string): Promise<void> {
  if (!(await findProgram('mvn'))) await aptInstall('Maven, which fetches Neo4j,', ['maven']);
  await placeFolder(target, async (folder) => {
    await writeFile(join(folder, 'pom.xml'), POM);
    const args = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib', '-DincludeScope=runtime'];
    const done = await run('mvn', args, { cwd: folder });
    if (done.code !== 0) {
      throw new ServerUnavailable(
        `Neo4j ${NEO4J_VERSION} could not be fetched from Maven Central:\n${lastLines(done.output)}\n` +
          'Where Maven needs a proxy or a mirror, name it in ~/.m2/settings.xml and run the tests again.',
      );
    }
    await writeFile(join(folder, 'jars.json'), JSON.stringify(await jarSizes(join(folder, 'lib'))));
  });
}

/** True when every jar that was fetched is still there with the size it had, the server's own among them. */
async function isComplete(target: string): Promise<boolean> {
  try {
    const expected = await readFile(join(target, 'jars.json'), 'utf8');
    const found = await jarSizes(join(target, 'lib'));
    return `neo4j-server-${NEO4J_VERSION}.jar` in found && JSON.stringify(found) === expected;
  } catch {
    return false;
  }
}

async function jarSizes(lib: string): Promise<Record<string, number>> {
  const names = (await readdir(lib)).sort();
  const entries = await Promise.all(names.map(async (name) => [name, (await stat(join(lib, name))).size] as const));
  return Object.fromEntries(entries);
}
