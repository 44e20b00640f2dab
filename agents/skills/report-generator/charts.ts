import { line } from 'd3-shape';
import type { Chart } from './document.ts';

const WIDTH = 720;
const ROW = 30;
const LABEL = 250;
const VALUE = 90;
const LINE_HEIGHT = 200;

/** How a run of words, a number or a day is written into a drawing: escaped, and linked where it has a source. */
export interface ChartWriter {
  readonly id: string;
  words(cell: Chart['title'] | Extract<Chart, { kind: 'bars' }>['bars'][number]['label']): string;
  linked(cell: Extract<Chart, { kind: 'line' }>['points'][number]['figure' | 'day']): string;
}

/**
 * A chart as SVG that needs nothing from elsewhere. Values stand at their bars and points, so no axis carries numbers
 * that would have no source; title and description are for those who do not see it, the table stands behind it.
 */
export function drawChart(chart: Chart, writer: ChartWriter): string {
  const { id } = writer;
  const { height, body } = chart.kind === 'bars' ? bars(chart, writer) : lines(chart, writer);
  const about = `<title id="${id}-t">${writer.words(chart.title)}</title><desc id="${id}-d">${writer.words(chart.description)}</desc>`;
  return `<svg class="chart" role="img" aria-labelledby="${id}-t ${id}-d" viewBox="0 0 ${WIDTH} ${height}" xmlns="http://www.w3.org/2000/svg">${about}${body}</svg>`;
}

interface Drawn {
  readonly height: number;
  readonly body: string;
}

function bars({ bars: all }: Extract<Chart, { kind: 'bars' }>, writer: ChartWriter): Drawn {
  const values = all.map(({ figure }) => figure.value);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const span = high - low || 1;
  // Room for the value on both sides where there are bars to both.
  const left = LABEL + (low < 0 ? VALUE : 10);
  const width = WIDTH - left - (high > 0 ? VALUE : 10);
  const x = (value: number) => left + ((value - low) / span) * width;
  const drawn = all.map(({ label, figure }, at) => {
    const y = at * ROW + 6;
    const [from, to] = [x(Math.min(0, figure.value)), x(Math.max(0, figure.value))];
    const isDown = figure.value < 0;
    const bar = `<rect class="${isDown ? 'down' : 'up'}" x="${px(from)}" y="${y}" width="${px(Math.max(1, to - from))}" height="${ROW - 12}" rx="2"/>`;
    const name = `<text class="name" x="${LABEL - 8}" y="${y + 13}" text-anchor="end">${writer.words(label)}</text>`;
    const value = `<text class="value" x="${px(isDown ? from - 6 : to + 6)}" y="${y + 13}" text-anchor="${isDown ? 'end' : 'start'}">${writer.linked(figure)}</text>`;
    return bar + name + value;
  });
  const zero = `<line class="zero" x1="${px(x(0))}" y1="0" x2="${px(x(0))}" y2="${all.length * ROW}"/>`;
  return { height: all.length * ROW + 4, body: zero + drawn.join('') };
}

function lines({ points, labelled }: Extract<Chart, { kind: 'line' }>, writer: ChartWriter): Drawn {
  const [top, bottom, side] = [26, LINE_HEIGHT - 30, 60];
  const most = Math.max(1, ...points.map(({ figure }) => figure.value));
  const times = points.map(({ day }) => Date.parse(`${day.from}T00:00:00Z`));
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 1];
  const x = (at: number) => side + ((times[at]! - first) / (last - first || 1)) * (WIDTH - 2 * side);
  const y = (value: number) => bottom - (value / most) * (bottom - top);
  const path = line<number>(
    (at) => round(x(at)),
    (at) => round(y(points[at]!.figure.value)),
  )(points.map((_, at) => at));
  const marks = labelled.map((at) => {
    const { day, figure } = points[at]!;
    const [cx, cy] = [px(x(at)), px(y(figure.value))];
    const anchor = at === 0 ? 'start' : at === points.length - 1 ? 'end' : 'middle';
    return `<circle class="dot" cx="${cx}" cy="${cy}" r="3.5"/><text class="value" x="${cx}" y="${px(y(figure.value) - 9)}" text-anchor="${anchor}">${writer.linked(figure)}</text><text class="day" x="${cx}" y="${LINE_HEIGHT - 10}" text-anchor="${anchor}">${writer.linked(day)}</text>`;
  });
  const base = `<line class="zero" x1="${side}" y1="${bottom}" x2="${WIDTH - side}" y2="${bottom}"/>`;
  return { height: LINE_HEIGHT, body: `${base}<path class="line" d="${path ?? ''}"/>${marks.join('')}` };
}

const round = (value: number): number => Math.round(value * 10) / 10;
const px = (value: number): string => String(round(value));
