import { fullName, type ModelInfo } from '../domain/model.ts';
import { type ModelOffer, type PriceFile, wrongPriceFile } from '../domain/price/price-file.ts';
import { ANTHROPIC_MODELS } from './anthropic.ts';
import { GOOGLE_MODELS } from './google.ts';
import { OPENAI_MODELS } from './openai.ts';

/** A model that somebody declared beside those that Kaze knows, or that a server lists. */
export interface OwnModel {
  readonly provider: string;
  readonly name: string;
  /** What is said of it; undefined where only its price is. */
  readonly facts?: ModelFacts;
}

type ModelFacts = Partial<Omit<ModelInfo, 'provider' | 'name' | 'capabilities'>> & {
  readonly capabilities?: Partial<ModelInfo['capabilities']>;
};

const KNOWN: readonly ModelInfo[] = [...ANTHROPIC_MODELS, ...OPENAI_MODELS, ...GOOGLE_MODELS];

/**
 * The models that a price file declares: under `offer`, or by a price of their own (`provider/*` names none).
 * Errors: KAZE_PRICE_FILE_INVALID for one that is to be like a model that Kaze does not know.
 */
export function ownModels({ models, offer = {} }: PriceFile, fileName: string): readonly OwnModel[] {
  const strange = Object.entries(offer).filter(([, { like }]) => like !== undefined && !known(like));
  if (strange.length > 0) {
    const problems = strange.map(([name, { like }]) => `offer.${name}.like: Kaze knows no model ${like}`);
    throw wrongPriceFile(fileName, problems);
  }
  const names = new Set([...Object.keys(offer), ...Object.keys(models)].filter((name) => !name.endsWith('*')));
  return [...names].map((full) => {
    const slash = full.indexOf('/');
    const said = offer[full];
    return { provider: full.slice(0, slash), name: full.slice(slash + 1), ...(said && { facts: factsOf(said) }) };
  });
}

/**
 * The models of a provider with those of one's own: before the others, without a level unless they are given one, where
 * it does not list them; in place of what it says of them, where it does.
 *
 * @param usual what a model is taken for of which nothing else is known; default: for the first one listed
 */
export function withOwnModels(
  listed: readonly ModelInfo[],
  about: {
    readonly provider: string;
    readonly own: readonly OwnModel[] | undefined;
    readonly usual?: Omit<ModelInfo, 'provider' | 'name' | 'tiers'>;
  },
): readonly ModelInfo[] {
  const { provider, usual } = about;
  const own = new Map(about.own?.filter((model) => model.provider === provider).map((model) => [model.name, model]));
  const said = listed.map((model) => joined(model, own.get(model.name)));
  for (const { name } of listed) own.delete(name);
  const { deprecatedOn: _, ...assumed } = usual ?? listed[0]!;
  return [
    ...[...own.values()].map((model) => joined({ ...assumed, provider, name: model.name, tiers: [] }, model)),
    ...said,
  ];
}

function joined(model: ModelInfo, own: OwnModel | undefined): ModelInfo {
  if (!own?.facts) return model;
  const { capabilities, ...facts } = own.facts;
  return { ...model, ...facts, capabilities: { ...model.capabilities, ...capabilities } };
}

function factsOf({ like, capabilities, ...said }: ModelOffer): ModelFacts {
  if (like === undefined) return { ...said, capabilities };
  const { provider: _provider, name: _name, tiers: _tiers, deprecatedOn: _until, ...model } = known(like)!;
  return { ...model, ...said, capabilities: { ...model.capabilities, ...capabilities } };
}

function known(name: string): ModelInfo | undefined {
  return KNOWN.find((model) => fullName(model) === name) ?? KNOWN.find((model) => model.name === name);
}
