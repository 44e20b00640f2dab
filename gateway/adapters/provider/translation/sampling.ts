import type { CallLimits } from '../../../domain/request.ts';
import type { ProviderCall } from '../../../ports/provider.ts';

/** What of a call's sampling its model takes; the rest is left out, as `gateway/adapters/provider/README.md` lists it. */
export type Sampling = Pick<
  CallLimits,
  'temperature' | 'topP' | 'topK' | 'frequencyPenalty' | 'presencePenalty' | 'seed'
>;

export function samplingOf({ limits = {}, model }: ProviderCall): Sampling {
  const { temperature, topP, topK, frequencyPenalty, presencePenalty, seed } = limits;
  const { capabilities } = model;
  const [warm, penal] = [capabilities.temperature !== false, capabilities.penalties !== false];
  return {
    temperature: warm ? temperature : undefined,
    topP: warm ? topP : undefined,
    topK: warm ? topK : undefined,
    frequencyPenalty: penal ? frequencyPenalty : undefined,
    presencePenalty: penal ? presencePenalty : undefined,
    seed,
  };
}

/**
 * The stop sequences to send, undefined for none: a vendor that takes `most` of them gets none of a longer list. The
 * reply is cut by all of them, whatever was sent.
 */
export function stopsFor({ limits, model }: ProviderCall, most: number): string[] | undefined {
  const stop = limits?.stop ?? [];
  return model.capabilities.stop !== false && stop.length > 0 && stop.length <= most ? [...stop] : undefined;
}

/** Without the fields that are undefined: SDKs would send some of them as null. */
export function said<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const spoken: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const name of Object.keys(fields) as Array<keyof T>) {
    const value = fields[name];
    if (value !== undefined) spoken[name] = value as Exclude<T[keyof T], undefined>;
  }
  return spoken;
}
