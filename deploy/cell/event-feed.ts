import type { OutboxEntry } from '#graph-schema';
import type { EventBus } from '#platform';

/**
 * Tells the bus what changed: `graph.<type>.changed.v1` with id, type and change. The entry's id is the event's, so one
 * that is carried twice is delivered once.
 */
export function createEventFeed(bus: EventBus) {
  return async (entries: readonly OutboxEntry[]): Promise<void> => {
    for (const { id, subject, subjectType, scope, change, createdAt } of entries) {
      const type = `${subjectType.charAt(0).toLowerCase()}${subjectType.slice(1)}`;
      const data = { id: subject, type: subjectType, change };
      await bus.publish({ id, subject: `graph.${type}.changed.v1`, at: createdAt, scope, data });
    }
  };
}
