import { outputProblems, type PagePrinter, type SkillHandler, type SkillHandlers } from '#agents';
import { type GraphStore, Outcome, type Principal, SkillVersion } from '#graph-schema';
import type { Logger } from '#platform';
import { governanceError } from '../errors.ts';

/** What bringing the forms of an edited outcome in line needs of the cell. */
export interface EditServices {
  readonly store: GraphStore;
  readonly handlers: Pick<SkillHandlers, 'handler'>;
  readonly logger: Logger;
  /** HTML as PDF; left out where there is no printer. */
  readonly print?: PagePrinter['print'];
}

export interface GivenEdit {
  readonly outcome: string;
  readonly approval: string;
  /** All outputs, as they shall be delivered. */
  readonly output: Readonly<Record<string, unknown>>;
}

/** Both as the outcome keeps them. */
export interface EditedOutputs {
  readonly editedOutput: string;
  readonly notes?: readonly string[];
}

type Redraw = NonNullable<SkillHandler['redraw']>;
type Outputs = Parameters<Redraw>[0]['made'];

const version = { field: 'skillVersion', select: { properties: { id: 'id' } } };
const VERSION = { properties: { id: 'id' }, relations: { version } };

/**
 * What a person made of the outputs, checked as the skill's own would be, and with the forms that the skill draws from what
 * was edited. It writes nothing: what waits for a decision does not change, so this can take its time before the decision's
 * transaction, and a process that dies meanwhile leaves the question as it was.
 * Errors: KAZE_APPROVAL_OUTPUT, those of the skill's `redraw`.
 */
export async function editedOutputs(
  { store, handlers, logger, print }: EditServices,
  principal: Principal,
  { outcome: id, approval, output }: GivenEdit,
): Promise<EditedOutputs> {
  const find = { by: 'id' as const, id };
  const { found } = await store.read(principal, { roots: [{ key: 'found', node: 'Outcome', find, select: VERSION }] });
  const versionId = (found as { version?: { id: string } | null } | null)?.version?.id;
  const version = versionId === undefined ? undefined : await store.get(principal, SkillVersion, versionId);
  const declared = JSON.parse(version?.outputs ?? '[]') as Parameters<typeof outputProblems>[0];
  const problems = outputProblems(declared, output);
  if (problems.length > 0) {
    throw governanceError('KAZE_APPROVAL_OUTPUT', `the edited outputs do not fit: ${problems.join('; ')}`, {
      fields: { problems, outputs: declared.map(({ name }) => name) },
    });
  }
  const handler = version && handlers.handler(version.name);
  const outcome = handler?.redraw && (await store.get(principal, Outcome, id));
  if (!handler?.redraw || !outcome) return { editedOutput: JSON.stringify(output) };
  const { outputs, notes } = await handler.redraw({
    made: JSON.parse(outcome.output) as Outputs,
    edited: output as Outputs,
    approval: { id: approval, by: principal.name },
    logger,
    ...(print ? { print: (html: string) => print(html) } : {}),
  });
  return {
    editedOutput: JSON.stringify(outputs),
    ...(notes.length > 0 ? { notes: [...new Set([...outcome.notes, ...notes])] } : {}),
  };
}
