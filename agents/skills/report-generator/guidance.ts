import type { KnowledgeItem, SkillContext } from '../handler.ts';
import { list, type Section } from './document.ts';
import { say } from './prose.ts';
import type { Material } from './sections/material.ts';

const SEARCH = ['seo/measurement/row-limits', 'seo/measurement/mix-effect', 'seo/measurement/clicks-are-not-sessions'];
const FEW = 'seo/measurement/small-numbers';
const LATE = 'seo/measurement/late-data';
/** From this day on reports count fewer impressions: periods on both sides of it differ for that alone. */
const FEWER_IMPRESSIONS = { path: 'seo/measurement/num-100', since: '2025-09-01', until: '2025-10-01' };
const SALES = ['crm/measurement/win-rate', 'crm/measurement/open-deals-are-censored'];
const FEW_DEALS = 'crm/measurement/small-numbers';

/** Knowledge that bears on how the numbers of this report are to be read; cited and quoted. */
export async function readGuidance(
  context: SkillContext,
  { search, pipeline, sources, texts, period, compared, incomplete }: Material,
): Promise<{ readonly section: Section | undefined; readonly cited: readonly string[] }> {
  const paths: string[] = [];
  if (search) {
    paths.push(...SEARCH);
    if (search.chance?.isThin || search.chance?.mayBeChance) paths.push(FEW);
    if (incomplete) paths.push(LATE);
    if (compared.from < FEWER_IMPRESSIONS.until && period.to >= FEWER_IMPRESSIONS.since)
      paths.push(FEWER_IMPRESSIONS.path);
  }
  if (pipeline) paths.push(...SALES, ...(pipeline.rateRange?.isFew ? [FEW_DEALS] : []));
  const items = paths.length === 0 ? [] : await context.knowledge.items(paths);
  const told = items.filter(({ path }) => path !== null && paths.includes(path));
  if (told.length === 0) return { section: undefined, cited: [] };
  const quoted = (item: KnowledgeItem) => {
    const title = sources.quote(item.title, sources.node('Knowledge', item.id, 'title'));
    const about = sources.quote(firstSentence(item.text), sources.node('Knowledge', item.id, 'text'));
    return say`${title}. ${about}`;
  };
  const cited = told.map(({ id }) => id);
  const { reading } = texts;
  return { section: { id: 'reading', title: reading.title(), blocks: [list(told.map(quoted))] }, cited };
}

const firstSentence = (text: string): string => /^.{40,}?[.!?](?=\s|$)/su.exec(text.trim())?.[0] ?? text;
