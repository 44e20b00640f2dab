import type { GraphStore } from '#graph-schema';
import type { Clock, Logger } from '#platform';
import type { AuditTrail } from '../../ports/audit-trail.ts';
import type { DeliveryGate } from '../../ports/delivery-gate.ts';
import type { IncomingFiles, TaskFiles } from '../../ports/task-files.ts';
import type { SkillHandlers } from '../../registry/skill-handlers.ts';
import type { SkillVersions } from '../skill-versions.ts';

export interface TaskVerbsOptions {
  readonly store: GraphStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditTrail;
  readonly gate: DeliveryGate;
  readonly handlers: SkillHandlers;
  readonly files: TaskFiles;
  readonly incoming: IncomingFiles;
  /** Told when a task can be claimed: spares the workers of this process the wait for the bus. */
  readonly wake?: () => void;
}

export interface VerbContext extends TaskVerbsOptions {
  readonly versions: SkillVersions;
  readonly woken: () => void;
}

export interface TaskRef {
  readonly task: string;
}
