import { createMemoryEventBus, memoryEventBusCapabilities } from '#platform/adapters/event-bus/memory';
import { eventBusContract } from './suite.ts';

eventBusContract('memory', {
  capabilities: memoryEventBusCapabilities,
  open: async (options) => createMemoryEventBus(options),
});
