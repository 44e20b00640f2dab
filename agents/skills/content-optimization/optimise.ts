import { Pace } from '#platform';
import { checkDuplicates } from './check-duplicates.ts';
import { checkHeadings } from './check-headings.ts';
import { checkImages } from './check-images.ts';
import { checkLinks } from './check-links.ts';
import { checkMentions } from './check-mentions.ts';
import { checkQueries, stuffedQueries } from './check-queries.ts';
import { checkReadability } from './check-readability.ts';
import { checkStructuredData } from './check-structured-data.ts';
import { checkDescription, checkTitle, type Wanted } from './check-title.ts';
import { checkTopics } from './check-topics.ts';
import { checkVoice } from './check-voice.ts';
import { applyDiff, diffOfEdits, KeptEdits, SourceText } from './edits.ts';
import { Evidence, saidBy } from './invention.ts';
import { keepingNumbers, lostNumbers } from './losses.ts';
import { type PageInput, readPageText } from './read-page.ts';
import { type Part, type Parts, partsOf, scoreOf } from './score.ts';
import { type Material, type Subject, subjectOf } from './subject.ts';
import type { Finding } from './types.ts';

/** What is more cannot be reviewed, and no store wants it: pages that are written on one line. */
const MAX_DIFF_CHARS = 400_000;

export interface Placed extends Finding {
  /** Its edits stand in the diff. */
  readonly inDiff: boolean;
}

export interface Optimised {
  readonly subject: Subject;
  readonly after: Subject;
  readonly findings: readonly Placed[];
  /** Unified, over the page's own source; empty when nothing is to be changed. */
  readonly diff: string;
  /** The page with the diff applied. */
  readonly changed: string;
  readonly parts: { readonly before: Parts; readonly after: Parts };
  /** 0 to 100. */
  readonly score: { readonly before: number; readonly after: number };
  /** What the changed page says and nothing bears out. */
  readonly invented: readonly string[];
  /** Numbers that the page said and the changed one does not. */
  readonly lost: readonly string[];
  readonly notes: readonly string[];
}

/** Looks at a page, edits what can be edited without new facts, and looks at the result again. */
export async function optimise(
  { page, source }: Pick<PageInput, 'page' | 'source'>,
  material: Material,
  { wanted = {}, pace = new Pace() }: { readonly wanted?: Wanted; readonly pace?: Pace } = {},
): Promise<Optimised> {
  const subject = await subjectOf(page, material, pace);
  const found = await findingsOf(subject, wanted, pace);
  const notes: string[] = [];
  const { findings, kept, changed, after } = await changeWithin(subject, { source, findings: found, pace });
  const edits = [...kept].flatMap((finding) => finding.edits);
  const diff = await diffOfEdits(page.name, source, { edits, pace });
  if (diff.length > MAX_DIFF_CHARS) {
    notes.push(
      `The page is written on so few lines that its diff would have ${diff.length} characters; none is given. Break its source into lines and ask again.`,
    );
    return finish({ subject, after: subject, findings, kept: new Set(), diff: '', changed: source.given, notes, pace });
  }
  if (applyDiff(diff, source.given) !== changed)
    throw new Error(`the diff of ${page.name} does not give the changed page`);
  return finish({ subject, after, findings, kept, diff, changed, notes, pace });
}

interface Finishing extends Pick<Optimised, 'subject' | 'after' | 'diff' | 'changed' | 'notes'> {
  readonly findings: readonly Finding[];
  readonly kept: ReadonlySet<Finding>;
  readonly pace: Pace;
}

async function finish({ findings, kept, pace, ...rest }: Finishing): Promise<Optimised> {
  const before = await partsOf(rest.subject, pace);
  await pace.rest();
  const after = await partsOf(rest.after, pace);
  await pace.rest();
  const judged = Object.keys(before) as Part[];
  const evidence = await Evidence.of(rest.subject.page, rest.subject.material, pace);
  return {
    ...rest,
    findings: findings.map((finding) => ({ ...finding, inDiff: kept.has(finding) })),
    parts: { before, after },
    score: { before: scoreOf(before, judged), after: scoreOf(after, judged) },
    lost: lostNumbers(rest.subject.page, rest.after.page),
    invented: await evidence.missingFromAll(saidBy(rest.after.page), pace),
  };
}

/** In the order in which their edits have precedence. */
async function findingsOf(subject: Subject, wanted: Wanted, pace: Pace): Promise<Finding[]> {
  const findings: Finding[] = [];
  const checks = [
    () => checkDuplicates(subject, pace),
    () => checkStructuredData(subject),
    () => checkHeadings(subject),
    () => [...checkTitle(subject, wanted), ...checkDescription(subject, wanted)],
    () => checkImages(subject, pace),
    () => checkLinks(subject),
    () => checkMentions(subject, pace),
    () => checkQueries(subject),
    () => checkTopics(subject, pace),
    () => [...checkReadability(subject), ...checkVoice(subject)],
  ];
  for (const check of checks) {
    findings.push(...(await check()));
    await pace.rest();
  }
  return findings;
}

/** Edits that put words into the page, which together must not stuff it. */
const ADDS_WORDS: ReadonlySet<Finding['kind']> = new Set([
  'image-without-alt',
  'generic-anchor',
  'title-missing',
  'title-too-long',
  'title-without-query',
  'description-missing',
  'description-too-long',
  'description-too-short',
]);

interface Changing {
  readonly source: SourceText;
  readonly findings: readonly Finding[];
  readonly pace: Pace;
}

interface Changed {
  readonly findings: readonly Finding[];
  readonly kept: ReadonlySet<Finding>;
  readonly changed: string;
  readonly after: Subject;
}

async function changeWithin(subject: Subject, { source, findings, pace }: Changing): Promise<Changed> {
  const change = async (among: readonly Finding[]) => {
    const kept = withoutConflicts(among);
    const changed = source.apply([...kept].flatMap(({ edits }) => edits));
    const { name, format } = subject.page;
    const text = new SourceText(changed).text;
    const page = await readPageText({ name, text, format, url: subject.page.url }, pace);
    return { kept, changed, after: await subjectOf(page, subject.material, pace) };
  };
  const first = await change(findings);
  const stuffedBefore = new Set(stuffedQueries(subject).map(({ query }) => query.query));
  const isWorse = stuffedQueries(first.after).some(({ query }) => !stuffedBefore.has(query.query));
  const sound = isWorse ? findings.filter(({ kind }) => !ADDS_WORDS.has(kind)) : findings;
  const second = isWorse ? await change(sound) : first;
  const lost = lostNumbers(subject.page, second.after.page);
  if (lost.length === 0) return { findings, ...second };
  const kept = new Map(sound.map((finding) => [finding, keepingNumbers(finding, lost, source)]));
  return { findings: findings.map((one) => kept.get(one) ?? one), ...(await change([...kept.values()])) };
}

/** All edits of a finding or none: what meets an edit that was kept before, or goes with a passage, is left out. */
function withoutConflicts(findings: readonly Finding[]): Set<Finding> {
  const kept = new Set<Finding>();
  const edits = new KeptEdits();
  for (const finding of findings) {
    if (finding.edits.length === 0 || finding.edits.some((edit) => edits.meet(edit))) continue;
    kept.add(finding);
    for (const edit of finding.edits) edits.add(edit);
  }
  return kept;
}
