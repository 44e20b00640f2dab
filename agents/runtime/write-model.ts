import { Outcome, TrainedModel, type UnitOfWork } from '#graph-schema';
import { derivedId } from '#platform';
import type { TrainedModelResult } from '../skills/handler.ts';

/** Writes the model behind an outcome beside it, with the delivered one of the same name and client that it follows. */
export async function writeModel(
  unit: UnitOfWork,
  given: {
    readonly scope: string;
    readonly outcomeId: string;
    readonly model: TrainedModelResult;
    readonly metrics: Readonly<Record<string, number>>;
  },
): Promise<void> {
  const { scope, outcomeId, model, metrics } = given;
  const { parameters, trainedFrom, trainedTo, ...plain } = model;
  const id = derivedId(scope, 'model', outcomeId);
  const before = await lastDelivered(unit, { scope, name: model.name });
  unit.create(TrainedModel, {
    ...plain,
    id,
    scope,
    trainedFrom: trainedFrom === null ? null : Date.parse(trainedFrom),
    trainedTo: trainedTo === null ? null : Date.parse(trainedTo),
    metrics: JSON.stringify(metrics),
    parameters: JSON.stringify(parameters),
  });
  unit.relate(TrainedModel, 'outcome', id, outcomeId);
  if (before !== undefined) unit.relate(TrainedModel, 'supersedes', id, before);
}

const LOOKED_AT = 20;

/** Among the newest ones: those before them were superseded long ago. */
async function lastDelivered(
  unit: UnitOfWork,
  { scope, name }: { readonly scope: string; readonly name: string },
): Promise<string | undefined> {
  const models = await unit.list(TrainedModel, {
    where: { scope: { eq: scope }, name: { eq: name } },
    orderBy: [{ property: 'createdAt', direction: 'desc' }],
    limit: LOOKED_AT,
  });
  for (const { id } of models) {
    const [outcome] = await unit.related(TrainedModel, 'outcome', id);
    if (outcome !== undefined && (await unit.get(Outcome, outcome))?.state === 'delivered') return id;
  }
  return undefined;
}
