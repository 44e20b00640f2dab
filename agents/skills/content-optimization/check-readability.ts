import { shown } from '../text/shown.ts';
import type { Subject } from './subject.ts';
import type { Finding } from './types.ts';

export function checkReadability(subject: Subject): Finding[] {
  const found = subject.readability;
  if (!found || found.level >= 0.5) return [];
  const at = subject.page.blocks.find(({ text }) => text.includes(found.longest[0]!.slice(0, 60)))?.span ?? null;
  return [
    {
      kind: 'hard-to-read',
      severity: 'notice',
      at,
      before: `${found.formula}: ${found.index}, ${found.wordsPerSentence} words a sentence${found.schoolYears === null ? '' : `, ${found.schoolYears} years of school (Vienna formula)`}`,
      after: null,
      reason: `The longest sentence: "${shown(found.longest[0]!, 200)}"`,
      edits: [],
    },
  ];
}
