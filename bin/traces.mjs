// Stack traces that name the sources. Node's own source maps read the map of every module when it is loaded, which costs
// memory and time in every process; here a map is read once a trace that needs it is printed.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * @param {string} mirror the folder of the translated program
 */
export function nameSourcesInTraces(mirror) {
  const start = pathToFileURL(`${mirror}/`).href;
  const maps = new Map();
  const mapOf = (url) => {
    if (!maps.has(url)) maps.set(url, readMap(url));
    return maps.get(url);
  };
  Error.prepareStackTrace = (error, frames) =>
    [titleOf(error), ...frames.map((frame) => `    at ${placed(frame, start, mapOf)}`)].join('\n');
}

function titleOf(error) {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

function placed(frame, start, mapOf) {
  const shown = String(frame);
  const url = frame.getFileName();
  if (!url?.startsWith(start)) return shown;
  const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
  const map = mapOf(url);
  const found = map?.findEntry(line - 1, column - 1);
  if (found?.originalSource === undefined) return shown;
  return shown.replace(
    `${url}:${line}:${column}`,
    `${found.originalSource}:${found.originalLine + 1}:${found.originalColumn + 1}`,
  );
}

function readMap(url) {
  try {
    return new SourceMap(JSON.parse(readFileSync(new URL(`${url}.map`), 'utf8')));
  } catch {
    return undefined;
  }
}
