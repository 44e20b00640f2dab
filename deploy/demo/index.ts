/**
 * The demo: three example clients with documents, tasks and decisions, as plain data. `kaze demo` has a cell do it.
 *
 *     for (const client of demoClients({ rows: 6_000 })) console.log(client.name, client.tasks.length);
 */
import { demoBakery } from './bakery.ts';
import type { DemoClient, DemoSize } from './demo-client.ts';
import { demoLawOffice } from './law-office.ts';
import { DEMO_NAMES, type DemoName } from './names.ts';
import { demoSoftwareFirm } from './software-firm.ts';

export type {
  DemoClient,
  DemoDecision,
  DemoDocument,
  DemoInputs,
  DemoPerson,
  DemoSize,
  DemoTask,
  Outputs,
} from './demo-client.ts';
export { DEMO_NAMES, type DemoName } from './names.ts';
export { type Act, isAtRest, type Next, nextActs, type SeenClient, type SeenTask, taskOf } from './next-acts.ts';
export { type DemoQuery, demoQueries } from './queries.ts';

const MAKERS: Readonly<Record<DemoName, (size: DemoSize) => DemoClient>> = {
  'demo-bakery': demoBakery,
  'demo-software': demoSoftwareFirm,
  'demo-law': demoLawOffice,
};

/** @param names which of them; all when left out */
export function demoClients(size: DemoSize, names: readonly DemoName[] = DEMO_NAMES): DemoClient[] {
  return names.map((name) => MAKERS[name](size));
}
