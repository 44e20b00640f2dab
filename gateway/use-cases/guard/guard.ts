import { createDetector, type Detector, type FindingKind } from '#platform';
import { flowError } from '../../domain/flow/errors.ts';
import { type GatewayPolicy, holdsForCaller } from '../../domain/flow/policy.ts';
import { partsOf } from '../../domain/messages.ts';
import type { CompleteRequest } from '../../domain/request.ts';
import { inputTokenBound } from '../../domain/token-bound.ts';
import { type FindPrivate, type RedactedKind, Redaction } from './redaction.ts';

/** Keys of vendors and clouds, tokens with a signature, private keys: by the forms that their makers document. */
const SECRETS =
  /\b(?:sk-[A-Za-z0-9_-]{16,}|kz-[A-Za-z0-9_-]{40,}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,}|xox[abprs]-[A-Za-z0-9-]{10,}|AIza[0-9A-Za-z_-]{35}|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g;

export const holdsSecret = (text: string): boolean => text.search(SECRETS) >= 0;

type Kinds = GatewayPolicy['guard']['redact'][number]['kinds'];

/** What is checked and changed before a request leaves; costs nothing where the policy asks for nothing. */
export class Guard {
  private detector: Promise<Detector> | undefined;

  constructor(private readonly policy: GatewayPolicy['guard']) {}

  /** Errors: KAZE_GATEWAY_INPUT_TOO_LARGE. */
  checkSize(request: CompleteRequest): void {
    const { maxInputBytes } = this.policy;
    if (maxInputBytes === undefined) return;
    // The bound counts every byte of text and an allowance around it, images by what they become, not by their data.
    const images = request.messages.flatMap((message) =>
      partsOf(message).flatMap((part) =>
        part.type === 'image' && 'data' in part.source ? [part.source.data.length] : [],
      ),
    );
    const bytes = images.reduce((sum, length) => sum + length, inputTokenBound(request));
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
    if (!this.redacts) return undefined;
    const rules = this.policy.redact.filter((rule) => holdsForCaller(rule, request.attribution));
    const kinds = [...new Set(rules.flatMap((rule) => rule.kinds))];
    if (kinds.length === 0) return undefined;
    return new Redaction(request, await this.finder(kinds));
  }

  private async finder(kinds: Kinds): Promise<FindPrivate> {
    const detected = kinds.filter((kind): kind is Exclude<Kinds[number], 'secret'> => kind !== 'secret');
    if (detected.length > 0) this.detector ??= createDetector();
    const detector = await this.detector;
    const names = detected.includes('person');
    return (text) => {
      const found: Array<{ kind: RedactedKind; start: number; end: number }> = [];
      if (kinds.includes('secret')) {
        for (const match of text.matchAll(SECRETS)) {
          found.push({ kind: 'secret', start: match.index, end: match.index + match[0].length });
        }
      }
      if (detector && detected.length > 0) {
        const wanted: readonly FindingKind[] = detected;
        for (const one of detector.detect(text, { names, kinds: wanted, ...(names ? { language: 'en' } : {}) })) {
          if (found.every(({ start, end }) => one.end <= start || one.start >= end)) found.push(one);
        }
      }
      return found.sort((a, b) => a.start - b.start);
    };
  }
}
