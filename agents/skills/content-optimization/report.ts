import { inert } from '../text/inert.ts';
import type { Optimised, Placed } from './optimise.ts';
import { type Context, inReadingOrder } from './outputs.ts';
import { type Part, WEIGHTS } from './score.ts';

const MOST_LINES = 60;
const MOST_DIFF_CHARS = 12_000;

/** The result in Markdown; words of the page can do nothing in it. */
export function reportOf(result: Optimised, context: Context, notes: readonly string[]): string {
  const { findings, score, diff } = result;
  const ordered = inReadingOrder(findings);
  const edited = ordered.filter(({ inDiff }) => inDiff);
  const open = ordered.filter(({ inDiff, severity }) => !inDiff && severity === 'fault');
  const notices = ordered.filter(({ inDiff, severity }) => !inDiff && severity === 'notice');
  return [
    `# ${inert(result.subject.page.name, { mostChars: 120 })}: ${score.before} to ${score.after} of 100`,
    table(result),
    section('Changed in the diff', edited, context),
    section('For the client or a writer to decide', open, context),
    section('Worth a look', notices, context),
    diffSection(diff),
    notes.length > 0 ? ['## Notes', ...notes.map((note) => `- ${inert(note)}`)].join('\n') : '',
    practiceSection(context),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function table({ parts }: Optimised): string {
  const rows = (Object.entries(parts.before) as Array<[Part, number]>).map(
    ([part, before]) =>
      `| ${part.replaceAll('_', ' ')} | ${WEIGHTS[part]} | ${before.toFixed(2)} | ${(parts.after[part] ?? 1).toFixed(2)} |`,
  );
  return ['| part | weight | before | after |', '|---|---|---|---|', ...rows].join('\n');
}

function section(title: string, findings: readonly Placed[], { source }: Context): string {
  if (findings.length === 0) return '';
  const lines = findings.slice(0, MOST_LINES).map(({ kind, at, before, after, reason }) => {
    const place = at ? ` (line ${source.placeOf(at.start).line})` : '';
    return `- **${kind}**${place}: ${inert(before)}${after === null ? '' : ` → ${inert(after)}`}${/[.!?]$/.test(after ?? before) ? '' : '.'} ${inert(reason)}`;
  });
  const more = findings.length - lines.length;
  return [`## ${title}`, '', ...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}

/** Fenced by more marks than stand in a row within it, so that nothing in it ends the code. */
function diffSection(diff: string): string {
  if (diff === '') return '';
  if (diff.length > MOST_DIFF_CHARS) return `## Diff\n\nSee the output \`diff\` (${diff.length} characters).`;
  const longest = Math.max(2, ...(diff.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `## Diff\n\n${fence}diff\n${diff.endsWith('\n') ? diff : `${diff}\n`}${fence}`;
}

function practiceSection({ practices }: Context): string {
  if (practices.items.length === 0) return '';
  const lines = practices.items.map(
    ({ title, text, path }) => `- **${inert(title)}** (${path}): ${inert(text, { mostChars: 600 })}`,
  );
  return ['## What it rests on', '', ...lines].join('\n');
}
