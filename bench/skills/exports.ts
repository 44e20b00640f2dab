/** Search Console exports of any size, the same for the same seed: topics with many wordings, and a long tail. */
const TOPICS = ['rota software', 'shift planner', 'staff schedule', 'time clock', 'holiday tracker', 'payroll export'];
const QUALITIES = [
  'free',
  'best',
  'simple',
  'cheap',
  'online',
  'mobile',
  'small team',
  'template',
  'excel',
  'open source',
];
const USERS = [
  'restaurant',
  'hospital',
  'retail',
  'hotel',
  'care home',
  'cafe',
  'school',
  'warehouse',
  'gym',
  'bakery',
];
const ASKS = ['how to make', 'what is', 'examples of', 'compare', 'pricing', 'review', 'alternative to', 'tutorial'];

/** Numbers from 0 to 1 (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A table of query, page and figures with `rows` rows, as CSV. */
export function exportOf(rows: number, seed = 7): string {
  const random = randomNumbers(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const lines = ['Query,Page,Clicks,Impressions,CTR,Position'];
  for (let at = 0; at < rows; at++) {
    const topic = pick(TOPICS);
    const parts = [pick(ASKS), pick(QUALITIES), topic, 'for', pick(USERS)].filter(() => random() < 0.7);
    // The long tail: names and numbers that no other query has.
    const tail = random() < 0.5 ? ` ${Math.floor(random() * rows).toString(36)}` : '';
    const query = `${parts.join(' ') || topic}${tail}`;
    const position = 1 + random() * 25;
    const impressions = Math.ceil(3_000 * random() ** 4) + 1;
    const clicks = Math.round(impressions * (0.3 / position) * (0.5 + random()));
    const page = `https://rotas.example/${topic.replaceAll(' ', '-')}/${Math.floor(random() * 40)}`;
    const share = `${((100 * clicks) / impressions).toFixed(2)}%`;
    lines.push(`${query},${page},${clicks},${impressions},${share},${position.toFixed(2)}`);
  }
  return `${lines.join('\n')}\n`;
}
