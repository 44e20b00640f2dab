import { distance } from 'fastest-levenshtein';
import { modelError } from '../errors.ts';
import { fullName, type ModelInfo } from './model.ts';
import type { CapabilityNeed, CompleteRequest, EmbedRequest, ModelHint, ModelTier } from './request.ts';

/** Models that suit a request, in groups of equals, the best group first. */
export interface SuitableModels {
  readonly groups: readonly (readonly ModelInfo[])[];
  /** True for the one model that was named. */
  readonly named: boolean;
  /** The level that was wished for, where one was. */
  readonly tier?: ModelTier;
  /** Whether another model could take the request too. */
  suits(model: ModelInfo): boolean;
}

/**
 * The models for a request: the named one; else those that can do what it needs, those of the wished level before
 * others, hosted ones before the offline one, each group in the order in which providers were configured.
 */
export function suitableModels(request: CompleteRequest, models: readonly ModelInfo[]): SuitableModels {
  const hint: ModelHint = request.modelHint ?? 'balanced';
  const need = needOf(request, hint);
  const suits = (model: ModelInfo) => lacking(model, need) === undefined;
  if (typeof hint === 'object' && 'model' in hint) {
    const model = named(hint.model, models);
    const lacks = lacking(model, need);
    if (lacks) throw unsuitable(`the model ${fullName(model)} has no ${lacks}, which the request needs`, lacks);
    return { groups: [[model]], named: true, suits };
  }
  const able = models.filter(suits);
  if (able.length === 0) {
    throw unsuitable(`none of ${models.length} configured models can do what the request needs: ${describeNeed(need)}`);
  }
  const tier = typeof hint === 'string' ? hint : hint.prefer;
  return { groups: ranked(able, tier), named: false, tier, suits };
}

export function suitableEmbeddingModels(request: EmbedRequest, models: readonly ModelInfo[]): SuitableModels {
  // Vectors of two models cannot be compared: none stands in for another.
  const suits = () => false;
  if (request.modelHint) {
    const model = named(request.modelHint.model, models);
    if (!model.capabilities.embeddings)
      throw unsuitable(`the model ${fullName(model)} gives no embeddings`, 'embeddings');
    return { groups: [[model]], named: true, suits };
  }
  const able = models.filter((model) => model.capabilities.embeddings);
  if (able.length === 0) throw unsuitable('no configured model gives embeddings', 'embeddings');
  return { groups: ranked(able, undefined).map(([first]) => [first!]), named: false, suits };
}

function ranked(models: readonly ModelInfo[], tier: ModelTier | undefined): readonly (readonly ModelInfo[])[] {
  const groups: ModelInfo[][] = [[], [], [], []];
  for (const model of models) {
    groups[(model.offline ? 2 : 0) + (tier && !model.tiers.includes(tier) ? 1 : 0)]!.push(model);
  }
  return groups.filter(({ length }) => length > 0);
}

function needOf(request: CompleteRequest, hint: ModelHint): CapabilityNeed {
  const said = typeof hint === 'object' && 'need' in hint ? hint.need : {};
  const images = request.messages.some(
    ({ content }) => typeof content !== 'string' && content.some((part) => part.type === 'image'),
  );
  return {
    tools: said.tools || (request.tools?.length ?? 0) > 0,
    vision: said.vision || images,
    json: said.json || request.responseSchema !== undefined,
    contextTokens: said.contextTokens,
  };
}

function lacking(model: ModelInfo, need: CapabilityNeed): string | undefined {
  if (!model.capabilities.chat) return 'chat';
  for (const name of ['tools', 'vision', 'json'] as const) if (need[name] && !model.capabilities[name]) return name;
  if ((need.contextTokens ?? 0) > model.contextTokens) return `context of ${need.contextTokens} tokens`;
  return undefined;
}

function describeNeed(need: CapabilityNeed): string {
  const named = (['tools', 'vision', 'json'] as const).filter((name) => need[name]);
  return [...named, ...(need.contextTokens ? [`${need.contextTokens} tokens of context`] : [])].join(', ') || 'chat';
}

function named(name: string, models: readonly ModelInfo[]): ModelInfo {
  const found = models.find((model) => fullName(model) === name) ?? models.find((model) => model.name === name);
  if (found) return found;
  const nearest = models
    .map(fullName)
    .sort((a, b) => distance(a, name) - distance(b, name))
    .slice(0, 3);
  throw modelError(
    'KAZE_MODEL_UNKNOWN',
    `there is no model ${JSON.stringify(name.slice(0, 100))}; nearest: ${nearest.join(', ') || 'none is configured'}`,
    { fields: { model: name.slice(0, 100), nearest } },
  );
}

function unsuitable(message: string, lacks?: string): Error {
  return modelError('KAZE_MODEL_NONE_SUITABLE', message, { fields: { lacks } });
}
