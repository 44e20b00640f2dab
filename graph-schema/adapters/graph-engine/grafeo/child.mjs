// The process that holds the embedded graph. Plain JavaScript, since it starts in 30 ms instead of the 110 ms that
// loading a TypeScript hook first takes, and every restart after a killed query waits for it.
//
// It owns nothing but the open database: no environment, no files of its own, no clock but for the lock wait. It ends
// itself when its parent is gone, for otherwise it would keep the database locked for good.
// Messages: protocol.ts, whose types these JSDoc comments name.
import { setTimeout as wait } from 'node:timers/promises';
import grafeo from '@grafeo-db/js';

const { GrafeoDB } = grafeo;

/** @typedef {import('./protocol.ts').ChildRequest & { id: number }} Request */

const LOCK_RETRY_MS = 50;
const CLOSE_WAIT_MS = 2_000;

/** @type {import('@grafeo-db/js').GrafeoDB | undefined} */
let database;
let inMemory = false;
let running = 0;
/**
 * @typedef {{ native: import('@grafeo-db/js').Transaction, tail: Promise<unknown>, isWithdrawn: boolean }} OpenTransaction
 * @type {Map<number, OpenTransaction>}
 */
const transactions = new Map();
/** @type {Map<number, Dump>} */
const dumps = new Map();

class Dump {
  /** @param {import('@grafeo-db/js').Transaction} native @param {import('@grafeo-db/js').QueryResult} ids */
  constructor(native, ids) {
    this.native = native;
    this.ids = ids;
    this.position = 0;
    this.phase = 'nodes';
  }

  /** @param {number} count */
  async next(count) {
    const ids = [];
    const end = Math.min(this.position + count, this.ids.length);
    for (; this.position < end; this.position += 1) ids.push(this.ids.get(this.position).id);
    const phase = this.phase;
    let done = false;
    if (this.position >= this.ids.length) {
      done = phase === 'relationships';
      this.phase = 'relationships';
      this.position = 0;
    }
    const text =
      phase === 'nodes'
        ? 'MATCH (n:Node) WHERE n.id IN $ids RETURN labels(n) AS labels, properties(n) AS properties'
        : 'UNWIND $ids AS id MATCH (a:Node {id: id})-[r]->(b:Node) RETURN type(r) AS type, a.id AS `from`, b.id AS `to`, properties(r) AS properties';
    const items = ids.length === 0 ? [] : (await this.native.executeCypher(text, { ids })).toArray();
    return { items, done };
  }
}

/** @param {Request} request @returns {Promise<object>} */
async function answer(request) {
  if (request.kind === 'open') return open(request);
  if (!database) throw new Error('the database is not open');
  switch (request.kind) {
    case 'read':
      return { rows: (await database.executeCypher(request.text, request.parameters)).toArray() };
    case 'pack':
      if (request.begins) {
        const native = database.beginTransaction();
        transactions.set(request.transaction, { native, tail: Promise.resolve(), isWithdrawn: false });
      }
      return inTransaction(request);
    case 'rollback':
      return inTransaction(request);
    case 'withdraw': {
      // Commits happen in one go: what is still in the map has not begun its own.
      const transaction = transactions.get(request.transaction);
      if (transaction) transaction.isWithdrawn = true;
      return { withdrawn: transaction !== undefined };
    }
    case 'define':
      for (const text of request.texts) await database.executeCypher(text);
      return {};
    case 'dump-open': {
      const native = database.beginTransaction();
      dumps.set(request.dump, new Dump(native, await native.executeCypher('MATCH (n:Node) RETURN n.id AS id')));
      return {};
    }
    case 'dump-next': {
      const dump = dumps.get(request.dump);
      if (!dump) throw new Error('the dump is not open');
      return dump.next(request.count);
    }
    case 'dump-close':
      dumps.get(request.dump)?.native.rollback();
      dumps.delete(request.dump);
      return {};
    case 'barrier':
      if (!inMemory) database.walCheckpoint();
      return {};
    case 'stats':
      return { stats: { residentBytes: process.memoryUsage.rss() } };
    default:
      throw new Error(`unknown request ${request.kind}`);
  }
}

/** @param {import('./protocol.ts').OpenOptions} options */
async function open(options) {
  inMemory = options.file === undefined;
  const deadline = performance.now() + options.lockWaitMs;
  for (;;) {
    try {
      database = inMemory ? GrafeoDB.create() : GrafeoDB.open(options.file);
      break;
    } catch (error) {
      if (!/cannot be locked/.test(String(error?.message)) || performance.now() > deadline) throw error;
      await wait(LOCK_RETRY_MS);
    }
  }
  if (!inMemory) {
    // They hold for one open only; without them the log grows until an orderly close.
    database.setCheckpointTriggers({ walBytes: options.checkpointWalBytes, intervalMs: options.checkpointIntervalMs });
  }
  return { stats: { residentBytes: process.memoryUsage.rss() } };
}

/** One pack of a transaction at a time, in the order in which they came. @param {Request} request */
function inTransaction(request) {
  const transaction = transactions.get(request.transaction);
  if (!transaction) throw new Error('the transaction has ended');
  const result = transaction.tail.then(() => {
    if (request.kind === 'pack') return carryOut(request, transaction);
    if (transactions.delete(request.transaction)) transaction.native.rollback();
    return {};
  });
  transaction.tail = result.catch(() => undefined);
  return result;
}

/** @param {import('./protocol.ts').TransactionPack} pack @param {OpenTransaction} transaction */
async function carryOut(pack, transaction) {
  const { native } = transaction;
  const results = [];
  let at = 0;
  try {
    if (!transactions.has(pack.transaction)) throw new Error('the transaction has ended');
    for (; at < pack.statements.length; at += 1) {
      const { text, parameters, answers, requires } = pack.statements[at];
      const result = await native.executeCypher(text, parameters);
      if (answers) results.push(result.toArray());
      if (requires) {
        const found = result.toArray()[0]?.[requires.column];
        if (found !== requires.value) throw Object.assign(new Error('unmet'), { unmet: { found } });
      }
    }
    if (pack.commits && transaction.isWithdrawn) throw new Error('the transaction was withdrawn');
  } catch (error) {
    if (transactions.delete(pack.transaction)) native.rollback();
    const { gqlStatus, unmet } = error ?? {};
    throw Object.assign(new Error(String(error?.message ?? error)), { gqlStatus, unmet, at });
  }
  if (pack.commits) {
    transactions.delete(pack.transaction);
    native.commit();
  }
  return { results };
}

/** An orderly end writes a last checkpoint, which makes the next open faster; a killed one loses nothing either. */
async function close() {
  const deadline = performance.now() + CLOSE_WAIT_MS;
  while (running > 0 && performance.now() < deadline) await wait(10);
  if (running > 0) process.kill(process.pid, 'SIGKILL');
  for (const { native } of transactions.values()) native.rollback();
  for (const { native } of dumps.values()) native.rollback();
  database?.close();
  database = undefined;
}

process.on('message', async (/** @type {Request} */ request) => {
  if (request.kind === 'close') {
    await close().catch(() => undefined);
    process.send?.({ id: request.id }, () => process.exit(0));
    return;
  }
  running += 1;
  let reply;
  try {
    reply = await answer(request);
  } catch (error) {
    const { gqlStatus, at, unmet } = error ?? {};
    reply = { failure: { message: String(error?.message ?? error), gqlStatus, at, unmet } };
  }
  running -= 1;
  if (!process.connected) return;
  try {
    process.send?.({ id: request.id, ...reply });
  } catch (error) {
    process.send?.({
      id: request.id,
      failure: { message: `result: ${error?.message ?? error}`, gqlStatus: 'KAZE-RESULT' },
    });
  }
});

process.on('disconnect', () => {
  // Whatever still runs cannot be cancelled, and nobody waits for it.
  if (running > 0) process.kill(process.pid, 'SIGKILL');
  void close().finally(() => process.exit(0));
});
// A Ctrl-C in the terminal reaches the whole group: the parent decides when the database closes.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
