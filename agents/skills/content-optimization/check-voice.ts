import { shown } from '../text/shown.ts';
import type { Subject } from './subject.ts';
import type { Finding } from './types.ts';
import { offVoice } from './voice.ts';

/** Words that the client does not want to use. */
export function checkVoice({ page, material }: Subject): Finding[] {
  return page.blocks.flatMap(({ text, span, own }): Finding[] => {
    const found = own ? offVoice(text, material.voice) : [];
    if (found.length === 0) return [];
    return [
      {
        kind: 'off-voice',
        severity: 'notice',
        at: span,
        before: shown(text),
        after: null,
        reason: `The client's voice leaves out ${found.map((one) => `"${shown(one, 60)}"`).join(', ')}.`,
        edits: [],
      },
    ];
  });
}
