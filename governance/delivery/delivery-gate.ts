import { type DeliveryGate, type DeliveryQuestion, type SupervisionLevel, settleTask } from '#agents';
import {
  Approval,
  type GraphStore,
  keptPlans,
  type ReadConnection,
  systemPrincipal,
  type UnitOfWork,
} from '#graph-schema';
import { derivedId } from '#platform';
import { unguarded } from './guarded-store.ts';
import { isSampled } from './sampling.ts';

export interface DeliveryGateOptions {
  readonly store: GraphStore;
  /** Which share of a sampled skill's outcomes a person looks at, 0 to 1; default .2. */
  readonly sampledShare?: number;
}

/**
 * Decides by code what an agent's level means: supervised work waits for a person, autonomous work is delivered, of
 * sampled work a fixed share waits. What cannot be undone always waits.
 */
export function createDeliveryGate({ store, sampledShare = 0.2 }: DeliveryGateOptions): DeliveryGate {
  return {
    async decide(given, question) {
      const unit = unguarded(given);
      const level = question.irreversible ? 'supervised' : await levelOf(store, question);
      const { taskId, outcomeId } = question;
      if (level === 'autonomous' || (level === 'sampling' && !isSampled(taskId, sampledShare))) {
        await settleTask(unit, { taskId, outcomeId, to: 'delivered' });
        return 'delivered';
      }
      ask(unit, question);
      await settleTask(unit, { taskId, outcomeId, to: 'awaiting_approval' });
      return 'awaiting_approval';
    },
    async withdraw(given, taskId) {
      const unit = unguarded(given);
      const where = { state: { eq: 'pending' }, task: { some: { id: { eq: taskId } } } };
      for (const { id } of await unit.list(Approval, { where })) {
        await unit.update(Approval, id, { state: 'withdrawn', decidedAt: unit.now }, { expect: { state: 'pending' } });
      }
    },
  };
}

function ask(unit: UnitOfWork, { taskId, outcomeId, scope, risk }: DeliveryQuestion): void {
  // One question an outcome, however often its transaction is tried.
  const id = derivedId(scope, 'approval', outcomeId);
  unit.create(Approval, { id, scope, state: 'pending', risk });
  unit.relate(Approval, 'outcome', id, outcomeId);
  unit.relate(Approval, 'task', id, taskId);
}

interface AgentRead {
  readonly skills: ReadConnection & { readonly edges: ReadonlyArray<{ readonly level: SupervisionLevel | null }> };
}

const runtime = systemPrincipal('runtime');

const levelPlan = keptPlans((agent: string, skill: string) => {
  const skills = {
    field: 'skills',
    page: { where: { id: { eq: skill } }, first: 1 },
    edgeProperties: { level: 'level' },
    select: { properties: { id: 'id' } },
  };
  const select = { properties: { id: 'id' }, relations: { skills } };
  return { roots: [{ key: 'agent', node: 'Agent', find: { by: 'id', id: agent }, select }] };
});

/** How far the agent is trusted with the skill at this moment; not at all when nothing says so. */
async function levelOf(store: GraphStore, { agentId, skillId }: DeliveryQuestion): Promise<SupervisionLevel> {
  const { agent } = await store.read(runtime, levelPlan(agentId, skillId));
  return (agent as unknown as AgentRead | null)?.skills.edges[0]?.level ?? 'supervised';
}
