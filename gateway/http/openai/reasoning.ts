import { type Message, partsOf, type ReasoningPart } from '../../domain/messages.ts';
import { badField, given, listAt, objectAt, textAt } from '../fields.ts';

type Frame = Readonly<Record<string, unknown>>;

/**
 * OpenAI's interface has no place for thoughts. Their text goes into `reasoning_content`, as with DeepSeek and vLLM;
 * what a provider wants back unchanged into `reasoning_details`, in the form of OpenRouter: clients that send the
 * assistant's turn back as it came send both.
 */
export function detailsOf(message: Message): readonly Frame[] {
  return partsOf(message).flatMap((part): Frame[] => {
    if (part.type !== 'reasoning' || !part.signature) return [];
    const { provider: format, value } = part.signature;
    return part.redacted
      ? [{ type: 'reasoning.encrypted', data: value, format }]
      : [{ type: 'reasoning.text', text: part.text, signature: value, format }];
  });
}

/** Thoughts without a mark are of no use to any provider, and are left out. */
export function thoughtsAt(value: unknown, param: string): ReasoningPart[] {
  return (given(value, param, listAt) ?? []).flatMap((one, index): ReasoningPart[] => {
    const at = `${param}[${index}]`;
    const detail = objectAt(one, at);
    const provider = given(detail.format, `${at}.format`, textAt);
    switch (detail.type) {
      case 'reasoning.text': {
        const mark = given(detail.signature, `${at}.signature`, textAt);
        const text = given(detail.text, `${at}.text`, textAt) ?? '';
        return mark && provider ? [{ type: 'reasoning', text, signature: { provider, value: mark } }] : [];
      }
      case 'reasoning.encrypted': {
        const mark = textAt(detail.data, `${at}.data`);
        return provider ? [{ type: 'reasoning', text: '', signature: { provider, value: mark }, redacted: true }] : [];
      }
      case 'reasoning.summary':
        return [];
      default:
        return badField(`${at}.type`, 'must be reasoning.text, reasoning.encrypted or reasoning.summary');
    }
  });
}
