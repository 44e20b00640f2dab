import {
  Approval,
  type GraphStore,
  type NodeDefinition,
  type NodeOf,
  type NodePatch,
  Outcome,
  Task,
  type UnitOfWork,
} from '#graph-schema';
import { governanceError } from '../errors.ts';

/**
 * The store as everyone but governance gets it. Approvals cannot be written through it, a task or an outcome cannot
 * become `delivered` or `rejected`, and what waits for a decision or was delivered cannot be changed underneath. It
 * knows nothing of prompts or roles: whoever holds this store is simply unable to.
 */
export function guardDelivery(store: GraphStore): GraphStore {
  const guarded: GraphStore = {
    read: (...call) => store.read(...call),
    get: (principal, definition, id) => store.get(principal, definition, id),
    list: (principal, definition, options) => store.list(principal, definition, options),
    count: (principal, definition, where) => store.count(principal, definition, where),
    labelsOf: (principal, ids) => store.labelsOf(principal, ids),
    transact: (principal, options, work) => store.transact(principal, options, (unit) => work(guardedUnit(unit))),
    subgraph: (...call) => store.subgraph(...call),
    onCommit: (listener) => store.onCommit(listener),
    healthy: () => store.healthy(),
    close: () => store.close(),
  };
  return guarded;
}

const units = new WeakMap<UnitOfWork, UnitOfWork>();

/** The unit without its guard. This folder alone imports it; the public door does not name it. */
export function unguarded(unit: UnitOfWork): UnitOfWork {
  return units.get(unit) ?? unit;
}

const DECIDED = ['delivered', 'rejected'];
const CONTENTS = ['summary', 'output', 'editedOutput', 'metrics', 'notes'];

function refuse(what: string): never {
  throw governanceError('KAZE_DELIVERY_GUARDED', `${what}: only governance does`);
}

function guardedUnit(unit: UnitOfWork): UnitOfWork {
  const guarded: UnitOfWork = {
    principal: unit.principal,
    now: unit.now,
    get: (definition, id) => unit.get(definition, id),
    list: (definition, options) => unit.list(definition, options),
    related: (definition, edge, id) => unit.related(definition, edge, id),
    create(definition, node) {
      checkNew(definition, node);
      return unit.create(definition, node);
    },
    async upsert(definition, node) {
      checkNew(definition, node);
      if (is(definition, Task) || is(definition, Outcome)) refuse(`upserting ${definition.name}`);
      return unit.upsert(definition, node);
    },
    update<D extends NodeDefinition>(
      definition: D,
      id: string,
      patch: Patch<D>,
      options?: Parameters<UnitOfWork['update']>[3],
    ) {
      return unit.update(definition, id, checkedPatch(definition, patch), options);
    },
    updateAll<D extends NodeDefinition>(
      definition: D,
      ids: readonly string[],
      patch: Patch<D>,
      options?: Parameters<UnitOfWork['updateAll']>[3],
    ) {
      return unit.updateAll(definition, ids, checkedPatch(definition, patch), options);
    },
    lockAs(definition, node) {
      // What is refused here is refused by what a node is: for these it must come from the graph itself.
      if (is(definition, Approval) || is(definition, Outcome)) refuse(`saying how a ${definition.name} is`);
      unit.lockAs(definition, node);
    },
    async remove(definition, id) {
      checkRemoval(definition);
      return unit.remove(definition, id);
    },
    async sweep(definition, ids) {
      checkRemoval(definition);
      return unit.sweep(definition, ids);
    },
    async discard(definition, ids) {
      checkRemoval(definition);
      return unit.discard(definition, ids);
    },
    async erase(definition, id) {
      checkRemoval(definition);
      return unit.erase(definition, id);
    },
    relate(definition, ...rest) {
      if (is(definition, Approval)) refuse('joining approvals');
      unit.relate(definition, ...rest);
    },
    async unrelate(definition, ...rest) {
      if (is(definition, Approval)) refuse('parting approvals');
      return unit.unrelate(definition, ...rest);
    },
    audit: (entry) => unit.audit(entry),
  };
  units.set(guarded, unit);
  return guarded;
}

type Patch<D extends NodeDefinition> = NodePatch<D> | ((current: NodeOf<D>) => NodePatch<D> | undefined);

/** What is written must be what was checked: the patch is made once, under the lock, and not handed out again. */
function checkedPatch<D extends NodeDefinition>(definition: D, patch: Patch<D>) {
  return (current: NodeOf<D>): NodePatch<D> | undefined => {
    const made = typeof patch === 'function' ? patch(current) : patch;
    const copy = made === undefined ? undefined : { ...made };
    if (copy) checkChange(definition, current, copy);
    return copy;
  };
}

/** By name: a look-alike definition writes the same label. */
function is(definition: NodeDefinition, other: NodeDefinition): boolean {
  return definition.name === other.name;
}

function checkNew(definition: NodeDefinition, node: object): void {
  if (is(definition, Approval)) refuse('making approvals');
  const { state } = node as { state?: unknown };
  if ((is(definition, Task) || is(definition, Outcome)) && DECIDED.includes(String(state))) {
    refuse(`making a ${String(state)} ${definition.name}`);
  }
}

function checkChange(definition: NodeDefinition, current: object, patch: object): void {
  if (is(definition, Approval)) {
    if (Object.keys(patch).length > 0) refuse('changing approvals');
    return;
  }
  if (!is(definition, Task) && !is(definition, Outcome)) return;
  const { state } = patch as { state?: unknown };
  const { state: before } = current as { state?: unknown };
  if (DECIDED.includes(String(state)) && state !== before) refuse(`making a ${definition.name} ${String(state)}`);
  if (!is(definition, Outcome)) return;
  const touched = Object.keys(patch).filter((name) => CONTENTS.includes(name));
  // Erasing what a deleted source said is no delivery.
  if (touched.length > 0 && before !== 'blocked' && state !== 'erased')
    refuse(`changing an outcome that is ${String(before)}`);
  if (before === 'blocked' && state === 'awaiting_approval') refuse('letting a blocked outcome pass');
}

function checkRemoval(definition: NodeDefinition): void {
  if (is(definition, Approval)) refuse('removing approvals');
}
