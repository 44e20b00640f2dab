// Completes package-lock.json with the platform builds of native packages that the registry in use did not list.
//
// npm leaves an optional dependency that it cannot resolve out of the lockfile, and `npm ci` then refuses that
// lockfile everywhere. Every such entry is exact (a native package pins its own builds), so it can be written from the
// parent's own declaration. Run after every change of dependencies: node scripts/complete-lockfile.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const SYSTEMS = ['darwin', 'linux', 'win32', 'freebsd', 'android', 'openharmony'];
const CPUS = ['x64', 'arm64', 'arm', 'ia32', 'riscv64', 's390x', 'ppc64'];
const added = [];

for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    const os = SYSTEMS.find((system) => name.includes(`-${system}-`));
    if (lock.packages[path] || !os || !/^\d/.test(version)) continue;
    const cpu = CPUS.find((candidate) => name.split('-').includes(candidate));
    lock.packages[path] = {
      version,
      ...(cpu ? { cpu: [cpu] } : {}),
      license: parent.license,
      optional: true,
      os: [os],
    };
    added.push(`${name}@${version}`);
  }
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length ? `added ${added.join(', ')}` : 'the lockfile is complete');
