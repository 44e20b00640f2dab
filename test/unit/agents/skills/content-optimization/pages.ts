import fc from 'fast-check';
import { optimise } from '../../../../../agents/skills/content-optimization/optimise.ts';
import { readPageInput } from '../../../../../agents/skills/content-optimization/read-page.ts';
import type { Material } from '../../../../../agents/skills/content-optimization/subject.ts';
import type { KnownPage } from '../../../../../agents/skills/content-optimization/types.ts';
import { NO_VOICE } from '../../../../../agents/skills/content-optimization/voice.ts';
import { fileInput } from '../../../../support/skills/context.ts';

export function ownPage(url: string, given: Partial<KnownPage> = {}): KnownPage {
  return { name: url, url, title: '', h1: '', headings: [], text: '', links: [], partial: false, ...given };
}

export function materialOf(given: Partial<Material> & { asked?: readonly string[] } = {}): Material {
  const { asked = [], ...rest } = given;
  return {
    queries: asked.map((query) => ({ query, origin: 'target', impressions: null })),
    ownPages: [],
    rankingPages: [],
    passages: [],
    entities: [],
    items: [],
    voice: NO_VOICE,
    ...rest,
  };
}

export async function optimised(
  name: string,
  text: string,
  given: Parameters<typeof materialOf>[0] & { url?: string } = {},
) {
  return optimise(await readPageInput(fileInput(name, text), given.url), materialOf(given));
}

/** A sound page around what a test is about. */
export function htmlPage({
  head = '',
  body = '',
  lang = 'en',
}: {
  head?: string;
  body?: string;
  lang?: string;
}): string {
  return `<!doctype html>
<html lang="${lang}">
<head>
  <meta charset="utf-8">
  ${head}
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

export const SOUND_HEAD = `<title>Flat roof repair in Bristol</title>
  <meta name="description" content="We repair flat roofs in Bristol and Bath, find the leak first and dry the boards before we close it.">`;

const SENTENCES = [
  'We repair flat roofs in Bristol & Bath since 1998.',
  'Water travels under the felt before it drips through the ceiling, so the wet patch is rarely below the hole itself.',
  'Read on <a href="/pricess/">here</a> or ask about moss removal.',
  'A repair takes 2 hours and costs less than a new roof.',
  'Die Dachrinne läuft über, wenn Laub im Fallrohr steckt und niemand es im Herbst herausnimmt, so einfach ist das.',
];
const PARTS = [
  ...SENTENCES.map((text) => `<p>${text}</p>`),
  '<h1>Flat roof repair</h1>',
  '<h1>Gutter cleaning</h1>',
  '<h2>Prices</h2>',
  '<h4>Details <b>of</b> it</h4>',
  '<h6></h6>',
  '<img src="/img/flat-roof-repair.jpg">',
  '<figure><img src="a.png"><figcaption>Felt on a flat roof</figcaption></figure>',
  '<ul><li>One<li>Two <a href="/guarantee">Read more</a></ul>',
  '<a href="#nowhere">down</a>',
  '<script type="application/ld+json">{"@type": "Event", "name": "Roof day",}</script>',
  '<script type="application/ld+json">\n{\n  "@context": "https://schema.org",\n  "@type": "Article"\n}\n</script>',
  '<div>Loose text <p>in a block</p> and behind it',
  '</div>',
  '<p>Unclosed <em>words',
  '<table><tr><td>240 pounds</td></tr></table>',
  '<nav><a href="/x">Read more</a></nav>',
  '<!-- note -->',
];
const HEADS = [
  '',
  SOUND_HEAD,
  '<title></title>',
  '<title>Flat roof repair in Bristol and Bath, 365 days a year, by 12 roofers | Fast, tidy and guaranteed | Harbour Roofing</title>',
  '<title>Flat roof repair in Bristol and Bath and everywhere around them | Fast, tidy and guaranteed | Harbour Roofing</title>',
  '<meta name="description" content="">',
];
const MARKDOWN_PARTS = [
  'We repair flat roofs in Bristol & Bath since 1998. Ask about moss removal.',
  'Water travels under the felt before it drips through the ceiling, so the wet patch is rarely below the hole itself.',
  '# Flat roof repair',
  'Gutter cleaning\n===',
  '#### Details',
  '![](/img/flat-roof-repair.jpg)',
  '- item [Read more](/guarantee/)\n- two ![](b.png)',
  '> quoted [here](/pricess/)',
  '| a | b |\n|---|---|\n| 1 | 2 |',
  '```\n# no heading\n[here](/x)\n```',
  '<div><img src="a-roof.png"></div>',
  '[Read more](/guarantee/)',
];
const FRONT = [
  '',
  '---\ntitle: Roof\n---\n',
  '---\nlang: en\n---\n',
  '---\n---\n',
  '---\ntitle:\ndescription: ""\n---\n',
];

const lineEnds = fc.constantFrom('\n', '\r\n');

/** Pages put together at random, well-formed or not; the same ones for the same seed. */
export const anyHtml = fc
  .tuple(fc.constantFrom(...HEADS), fc.array(fc.constantFrom(...PARTS), { maxLength: 12 }), lineEnds)
  .map(([head, parts, end]) => htmlPage({ head, body: `<p>Roofs.</p>\n${parts.join('\n')}` }).replaceAll('\n', end));

export const anyMarkdown = fc
  .tuple(fc.constantFrom(...FRONT), fc.array(fc.constantFrom(...MARKDOWN_PARTS), { maxLength: 10 }), lineEnds)
  .map(([front, parts, end]) => `${front}${['Roofs.', ...parts].join('\n\n')}\n`.replaceAll('\n', end));

export const SITE: readonly KnownPage[] = [
  ownPage('/', { title: 'Harbour Roofing' }),
  ownPage('/prices/', { h1: 'Prices of roof work', title: 'Prices | Harbour Roofing' }),
  ownPage('/guarantee/', { h1: 'Our ten year guarantee', title: 'Guarantee | Harbour Roofing' }),
  ownPage('/moss-removal/', { h1: 'Moss removal', title: 'Moss removal | Harbour Roofing', text: 'We clear moss.' }),
];
