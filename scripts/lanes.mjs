// Programs of `npm test`: one by one on the terminal, or side by side with each line named after what printed it.
import { spawn } from 'node:child_process';

const STOP_WITHIN_MS = 10_000;
const SAME_SIGNAL_MS = 1_000;
/** How long the last output of a program that has ended is waited for: what it left behind may hold the pipe open. */
const LAST_OUTPUT_MS = 2_000;

/** What runs now. Each leads a process group of its own, so that all that it started can be told to end with it. */
const running = new Set();
const atStop = [];
let stopped;
let stoppedAtMs = 0;

/** The signal that told us to stop, if one did. */
export const stoppedBy = () => stopped;

/** Has something more ended when we are told to stop. */
export const onStop = (end) => atStop.push(end);

/** On Ctrl-C and the like nothing more is started, and what runs gets the signal and, when it stays, SIGKILL. */
export function stopOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopAll(signal));
}

function stopAll(signal) {
  // A Ctrl-C comes twice at once, from the terminal and from npm; asked again later, nothing is waited for.
  if (stopped && performance.now() - stoppedAtMs < SAME_SIGNAL_MS) return;
  for (const child of running) endGroup(child, stopped ? 'SIGKILL' : signal);
  if (stopped) return;
  stopped = signal;
  stoppedAtMs = performance.now();
  for (const end of atStop) end();
  setTimeout(() => {
    for (const child of running) endGroup(child, 'SIGKILL');
  }, STOP_WITHIN_MS).unref();
}

function endGroup({ pid }, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has gone by itself.
  }
}

/**
 * Runs a program to its end. With a `label` each of its lines is printed behind it, else it prints to our terminal.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string>, label?: string }} options
 * @returns {Promise<number>} its exit code; 1 when it did not start, or a signal ended it
 */
export function run(file, args, { cwd, env = {}, label }) {
  if (stopped) return Promise.resolve(1);
  const output = label === undefined ? 'inherit' : 'pipe';
  const child = spawn(file, args, {
    cwd,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
    detached: true,
  });
  running.add(child);
  if (label !== undefined) for (const stream of [child.stdout, child.stderr]) printLines(stream, label);
  return new Promise((resolve) => {
    const end = (code, signal) => {
      if (!running.delete(child)) return;
      // What it started and left behind ends with us being stopped.
      if (stopped) endGroup(child, 'SIGKILL');
      resolve(signal ? 1 : code);
    };
    child.on('error', (error) => {
      console.error(error.message);
      end(1);
    });
    child.on('close', end);
    child.on('exit', (...how) => setTimeout(end, LAST_OUTPUT_MS, ...how).unref());
  });
}

/** Whole lines only, those that came together in one piece: two programs share the terminal. */
function printLines(stream, label) {
  let rest = '';
  const print = (lines) => {
    const filled = lines.filter((line) => line.trim() !== '');
    if (filled.length > 0) process.stdout.write(filled.map((line) => `${label} | ${line}\n`).join(''));
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    print(lines);
  });
  stream.on('end', () => print([rest]));
}

/**
 * Two lanes side by side: the first works off `chain`, whose jobs must follow each other, the second `others`; whichever
 * is through goes on with what is left of `others`. After a stop nothing more is begun.
 *
 * @param {(() => Promise<void>)[]} chain
 * @param {(() => Promise<void>)[]} others
 */
export async function inTwoLanes(chain, others) {
  const workOff = async (jobs) => {
    for (let job = jobs.shift(); job && !stopped; job = jobs.shift()) await job();
  };
  const left = [...others];
  const ends = await Promise.allSettled([workOff([...chain]).then(() => workOff(left)), workOff(left)]);
  const failed = ends.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
}
