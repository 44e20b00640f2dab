import { createDetector, type Detector, findSecrets } from '#platform';
import { flowError } from '../../domain/flow/errors.ts';
import { type GatewayPolicy, holdsForCaller } from '../../domain/flow/policy.ts';
import { partsOf } from '../../domain/messages.ts';
import type { Attribution, CompleteRequest, EmbedRequest } from '../../domain/request.ts';
import { inputTokenBound } from '../../domain/token-bound.ts';
import { type FindPrivate, Redaction } from './redaction.ts';

/** What is checked and changed before a request leaves; costs nothing where the policy asks for nothing. */
export class Guard {
  private detector: Promise<Detector> | undefined;

  constructor(private readonly policy: GatewayPolicy['guard']) {}

  /** Errors: KAZE_GATEWAY_INPUT_TOO_LARGE. */
  checkSize(request: CompleteRequest): void {
    if (this.policy.maxInputBytes === undefined) return;
    // The bound counts every byte of text and an allowance around it, images by what they become, not by their data.
    const images = request.messages.flatMap((message) =>
      partsOf(message).flatMap((part) =>
        part.type === 'image' && 'data' in part.source ? [part.source.data.length] : [],
      ),
    );
    this.checkBytes(images.reduce((sum, length) => sum + length, inputTokenBound(request)));
  }

  /** Errors: KAZE_GATEWAY_INPUT_TOO_LARGE. */
  checkBytes(bytes: number): void {
    const { maxInputBytes = bytes } = this.policy;
    if (bytes <= maxInputBytes) return;
    const message = `the request holds some ${bytes} bytes, at most ${maxInputBytes} are let through to a model`;
    throw flowError('KAZE_GATEWAY_INPUT_TOO_LARGE', message, { fields: { bytes, max: maxInputBytes } });
  }

  /** Whether the policy takes anything out at all. */
  get redacts(): boolean {
    return this.policy.redact.length > 0;
  }

  /** Undefined where nothing is taken out for this caller. */
  async redaction(request: CompleteRequest): Promise<Redaction | undefined> {
    const find = this.redacts ? await this.finderFor(request.attribution) : undefined;
    return find && new Redaction(request, find);
  }

  /** Texts to embed as they may leave; each by itself, so that a text has one vector whatever stands beside it. */
  async texts({ texts, attribution }: EmbedRequest): Promise<readonly string[]> {
    const find = this.redacts ? await this.finderFor(attribution) : undefined;
    return find ? texts.map((text) => new Redaction({ messages: [], attribution }, find).take(text)) : texts;
  }

  /** Undefined where nothing is taken out for this caller. */
  private async finderFor(attribution: Attribution): Promise<FindPrivate | undefined> {
    const rules = this.policy.redact.filter((rule) => holdsForCaller(rule, attribution));
    const kinds = [...new Set(rules.flatMap((rule) => rule.kinds))];
    if (kinds.length === 0) return undefined;
    // The rest of the detector takes long to load.
    if (kinds.every((kind) => kind === 'secret')) return findSecrets;
    this.detector ??= createDetector();
    const detector = await this.detector;
    const names = kinds.includes('person');
    return (text) => detector.detect(text, { names, kinds, ...(names ? { language: 'en' } : {}) });
  }
}
