import { existsSync } from 'node:fs';

// What the native engines publish builds for: the graph engine (@grafeo-db/js 0.6) and the search index
// (@lancedb/lancedb 0.33). A system must have both.
const SUPPORTED = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64'];
const MISSING = {
  'darwin-x64': 'the search index (LanceDB) has no build for Macs with Intel processors',
  'win32-arm64':
    'the graph engine (Grafeo) has no build for Windows on ARM; the x64 build of Node runs there, by emulation',
};
const CHOICE = 'Kaze runs on Linux (x64 and arm64, glibc), macOS (Apple silicon) and Windows (x64).';

/** Throws an error for the user's eyes where a native engine has no build. */
export function checkPlatform({ platform, arch }, fileExists = existsSync) {
  const system = `${platform}-${arch}`;
  if (!SUPPORTED.includes(system)) {
    throw refusal(
      `Kaze cannot run on ${system}: ${MISSING[system] ?? 'its native engines have no build for it'}. ${CHOICE}`,
    );
  }
  // musl's loader also exists on glibc systems where musl is installed beside it; glibc's is not on musl systems.
  const loaders = { x64: ['/lib64/ld-linux-x86-64.so.2'], arm64: ['/lib/ld-linux-aarch64.so.1'] };
  if (platform === 'linux' && fileExists('/etc/alpine-release') && !loaders[arch].some((path) => fileExists(path))) {
    throw refusal(
      `Kaze cannot run on ${system} with musl (Alpine): the graph engine (Grafeo) has no build for it. ` +
        `Take an image with glibc, such as node:24-bookworm-slim. ${CHOICE}`,
    );
  }
}

function refusal(message) {
  return Object.assign(new Error(message), { forUser: true });
}
