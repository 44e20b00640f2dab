import { describe, expect, it } from 'vitest';
import type { Kind } from '../../../../../agents/skills/content-optimization/types.ts';
import { readVoice } from '../../../../../agents/skills/content-optimization/voice.ts';
import type { KnownEntity } from '../../../../../agents/skills/handler.ts';
import { htmlPage, optimised, ownPage, SITE, SOUND_HEAD } from './pages.ts';

const HEADING = '<h1>Flat roof repair in Bristol</h1>';
const URL_HERE = 'https://harbour.example/flat-roof-repair/';
const LONG =
  'Water travels under the felt before it drips through the ceiling, so the wet patch inside is rarely below the hole.';

async function inHtml(parts: { head?: string; body?: string; lang?: string }, given = {}) {
  const body = parts.body ?? HEADING;
  return optimised('page.html', htmlPage({ head: SOUND_HEAD, ...parts, body }), { url: URL_HERE, ...given });
}

function findingOf({ findings }: Awaited<ReturnType<typeof optimised>>, kind: Kind) {
  return findings.filter((one) => one.kind === kind);
}

describe('the title', () => {
  it('is filled from the first heading and the name of the site, behind the statement of the encoding', async () => {
    const result = await inHtml({ head: '<meta property="og:site_name" content="Smith & Sons">' });
    expect(result.changed).toContain(
      '<meta charset="utf-8">\n  <title>Flat roof repair in Bristol | Smith &amp; Sons</title>',
    );
    expect(findingOf(result, 'title-missing')).toMatchObject([
      { after: 'Flat roof repair in Bristol | Smith & Sons', inDiff: true },
    ]);
  });

  it('is shortened to the part that says most of the main query', async () => {
    const title =
      'Welcome to our company, your partner since 1998 | Flat roof repair in Bristol | Gutters, slates, leadwork';
    const body = `${HEADING}<p>Our firm is there since 1998.</p>`;
    const result = await inHtml({ head: `<title>${title}</title>`, body }, { asked: ['flat roof repair'] });
    expect(findingOf(result, 'title-too-long')).toMatchObject([{ after: 'Flat roof repair in Bristol', inDiff: true }]);
    expect(result.changed).toContain('<title>Flat roof repair in Bristol</title>');
  });

  it.each([
    [
      'a year',
      'Flat roof repair in Bristol | Welcome to our company, your partner for every kind of roof since 1998',
      '1998',
    ],
    [
      'what a number counts',
      'Flat roof repair in Bristol | We come to you within 24 hours, on every day of the week',
      '24 hours',
    ],
  ])('is not shortened by %s that stands nowhere else', async (_, title, fact) => {
    const body = `${HEADING}<p>Half of 24 roofs are flat.</p>`;
    const result = await inHtml({ head: `<title>${title}</title>`, body }, { asked: ['flat roof repair'] });
    expect(findingOf(result, 'title-too-long')).toMatchObject([
      { after: null, inDiff: false, reason: expect.stringContaining(`no longer say "${fact}"`) },
    ]);
    expect(result.changed).toContain(fact);
    expect(result.lost).toEqual([]);
  });

  it('is left to people where the page has no heading whose words could stand there', async () => {
    const result = await inHtml({ head: '', body: '<p>Roofs, repaired.</p>' });
    expect(findingOf(result, 'title-missing')).toMatchObject([{ after: null, inDiff: false }]);
  });

  it('is not judged in a file that has no place for it', async () => {
    const result = await optimised('part.md', '# Roofs\n\nRepaired with care.\n');
    expect(findingOf(result, 'title-missing')).toEqual([]);
    expect(result.parts.before).not.toHaveProperty('title');
  });

  it('goes into front matter as quoted YAML', async () => {
    const result = await optimised('page.md', '---\nlang: en\n---\n# Roofs: "flat" & pitched\n\nRepaired with care.\n');
    expect(result.changed).toContain('---\ntitle: "Roofs: \\"flat\\" & pitched"\nlang: en\n---\n');
  });

  it('that another own page has as well is told', async () => {
    const twin = ownPage('/other/', { title: 'Flat roof repair in Bristol', text: 'Other words.' });
    const result = await inHtml({}, { ownPages: [twin] });
    expect(findingOf(result, 'title-duplicate')).toMatchObject([{ severity: 'fault', inDiff: false }]);
  });
});

describe('the description', () => {
  it('is made of whole sentences of the page that say most of the query, without those that point somewhere', async () => {
    const body = `${HEADING}<p>We have been here since 1998. For prices see <a href="/x">here</a>.</p><p>Flat roof repair takes two hours and keeps the boards dry for years.</p>`;
    const result = await inHtml({ head: '<title>Flat roof repair</title>', body }, { asked: ['flat roof repair'] });
    expect(result.after.page.descriptions[0]!.text).toBe(
      'Flat roof repair takes two hours and keeps the boards dry for years.',
    );
  });
});

describe('headings', () => {
  it('keep their outline when a second h1 and a left-out level are mended', async () => {
    const body = '<h1>Roofs</h1><h3>Leaks</h3><h4>Flat</h4><h1>Gutters</h1><h2>Moss</h2><h5>Tools</h5>';
    const result = await inHtml({ body: body.replaceAll('><h', '><p>Words.</p><h') });
    expect(result.after.page.headings.map(({ level, text }) => `${level} ${text}`)).toEqual([
      '1 Roofs',
      '2 Leaks',
      '3 Flat',
      '2 Gutters',
      '3 Moss',
      '4 Tools',
    ]);
    expect(findingOf(result, 'several-h1')).toHaveLength(1);
    expect(findingOf(result, 'heading-skipped')).toHaveLength(2);
    expect(result.parts.after.headings).toBe(1);
  });

  it('of the site’s footer are no part of the outline', async () => {
    const result = await inHtml({ body: `${HEADING}<p>Words.</p><footer><h4>Contact</h4></footer>` });
    expect(findingOf(result, 'heading-skipped')).toEqual([]);
  });

  it('written with underlines in Markdown change their level as well', async () => {
    const result = await optimised('page.md', 'Roofs\n=====\n\nWords.\n\nGutters\n=======\n\nLeaves\n---\n\nMore.\n');
    expect(result.changed).toBe('Roofs\n=====\n\nWords.\n\nGutters\n-------\n\n### Leaves\n\nMore.\n');
  });

  it('promote the first one where there is no h1 and it names the page', async () => {
    const body = '<h2>Flat roof repair in Bristol</h2><p>Words.</p><h2>Prices</h2><p>Words.</p>';
    const result = await inHtml({ body });
    expect(findingOf(result, 'h1-missing')).toMatchObject([{ inDiff: true }]);
    expect(result.after.page.headings.map(({ level }) => level)).toEqual([1, 2]);
  });
});

describe('pictures', () => {
  it.each([
    [
      'a caption',
      '<figure><img src="a.png"><figcaption>New felt on a roof</figcaption></figure>',
      'New felt on a roof',
    ],
    ['a file name that shares words with the page', '<img src="/img/flat-roof-2-800x600.jpg">', 'Flat roof'],
    [
      'a file name with the page’s own spelling',
      '<p>Wir decken in München jedes Dach.</p><img src="dach_muenchen.jpg">',
      'Dach München',
    ],
  ])('take their text from %s', async (_, body, alt) => {
    const result = await inHtml({ body: `${HEADING}<p>The flat roof.</p>${body}` });
    expect(result.after.page.images[0]!.alt).toBe(alt);
    expect(result.invented).toEqual([]);
  });

  it.each(['IMG_2231.jpg', 'DSC0042.JPG', '8f3a9c0b.png', 'header-image-final.jpg', 'sunset-beach.jpg', ''])(
    'named %s stay without one: nothing says what they show',
    async (src) => {
      const result = await inHtml({ body: `${HEADING}<p>The flat roof.</p><img src="${src}">` });
      expect(findingOf(result, 'image-without-alt')).toMatchObject([{ after: null, inDiff: false }]);
    },
  );

  it('that are decoration are in order', async () => {
    const result = await inHtml({ body: `${HEADING}<img src="line.svg" alt=""><img src="b.svg" role="presentation">` });
    expect(findingOf(result, 'image-without-alt')).toEqual([]);
  });
});

describe('structured data', () => {
  const script = (json: string) => `${SOUND_HEAD}<script type="application/ld+json">${json}</script>`;

  it.each([
    ['a comma too many', '{"@context":"https://schema.org","@type":"Organization","name":"Harbour",}'],
    [
      'a key without quotes',
      '{"@context":"https://schema.org",@type:"Organization","name":"Harbour"}'.replace('@type', 'type'),
    ],
    ['a brace that is missing', '{"@context":"https://schema.org","@type":"Organization","name":"Harbour"'],
    ['a comment', '{"@context":"https://schema.org", /* ours */ "@type":"Organization","name":"Harbour"}'],
  ])('with %s is mended, its words kept', async (_, json) => {
    const result = await inHtml({ head: script(json) });
    expect(findingOf(result, 'jsonld-invalid')).toMatchObject([{ inDiff: true }]);
    expect(JSON.parse(result.after.page.jsonLd[0]!.text)).toMatchObject({ name: 'Harbour' });
  });

  it('is left alone where it is not certain what was meant', async () => {
    const result = await inHtml({ head: script('{"@type": "Organization" "name" Harbour : }}{') });
    expect(findingOf(result, 'jsonld-invalid')).toMatchObject([{ after: null, inDiff: false }]);
  });

  it.each([
    ['LocalBusiness', '"name":"Harbour"', 'address', '12 Dock Road, Bristol'],
    ['VideoObject', '"thumbnailUrl":"/t.png","uploadDate":"2026-01-01"', 'name', 'Flat roof repair in Bristol'],
  ])('%s gets what the page itself says', async (type, rest, property, value) => {
    const head = script(`{"@context":"https://schema.org","@type":"${type}",${rest}}`);
    const result = await inHtml({ head, body: `${HEADING}<p>Words.</p><address>12 Dock Road, Bristol</address>` });
    expect(findingOf(result, 'jsonld-missing-field')).toMatchObject([{ after: `${property}: ${value}`, inDiff: true }]);
    expect(JSON.parse(result.after.page.jsonLd[0]!.text)).toMatchObject({ [property]: value });
  });

  it('asks for facts that the page does not hold and invents none', async () => {
    const result = await inHtml({
      head: script('{"@context":"https://schema.org","@type":"Event","name":"Roof day"}'),
    });
    expect(findingOf(result, 'jsonld-missing-field').map(({ before, after }) => [before, after])).toEqual([
      ['Event without startDate', null],
      ['Event without location', null],
    ]);
  });

  it('cannot end its script by what is put into it', async () => {
    const head = script('{"@context":"https://schema.org","@type":"Article"}');
    const result = await inHtml({ head, body: '<h1>Roofs &lt;/script>&lt;script>alert(1)</h1><p>Words.</p>' });
    expect(result.changed).not.toMatch(/<\/script><script>alert/);
    expect(result.after.page.jsonLd).toHaveLength(1);
  });
});

describe('passages', () => {
  it('that stand twice go once, with the heading that then has nothing beneath it', async () => {
    const body = `${HEADING}\n<h2>Leaks</h2>\n<p>${LONG}</p>\n<p>Ask us.</p>\n<h2>Leaks</h2>\n<p>${LONG}</p>`;
    const result = await inHtml({ body });
    expect(result.changed.split(LONG)).toHaveLength(2);
    expect(result.after.page.headings.map(({ text }) => text)).toEqual(['Flat roof repair in Bristol', 'Leaks']);
    expect(result.parts.after.repetition).toBe(1);
  });

  it('that are nearly alike, or stand on another own page, are for people to decide', async () => {
    const close = LONG.replace('rarely', 'hardly');
    const other = ownPage('/leaks/', { text: `Ask us. ${LONG} Call today.` });
    const result = await inHtml({ body: `${HEADING}<p>${LONG}</p><p>${close} Always.</p>` }, { ownPages: [other] });
    expect(findingOf(result, 'duplicate-passage').map(({ reason, inDiff }) => [reason.slice(0, 27), inDiff])).toEqual([
      ['Nearly the same passage sta', false],
      ['It stands on /leaks/ as wel', false],
      ['It stands on /leaks/ as wel', false],
    ]);
  });

  it('of another page are not those whose sentences recur there one by one', async () => {
    const sentences = [
      'We dry the boards first of all.',
      'Rain runs off to the gutter.',
      'Nobody waits for a whole week.',
      'The felt is welded, never glued.',
    ];
    const other = ownPage('/leaks/', {
      text: sentences.toReversed().join('\nIn between stands something else entirely.\n'),
    });
    const result = await inHtml({ body: `${HEADING}<p>${sentences.join(' ')}</p>` }, { ownPages: [other] });
    expect(findingOf(result, 'duplicate-passage')).toEqual([]);
  });
});

describe('links', () => {
  it('with a slip in the address lead to the one page that can be meant', async () => {
    const body = `${HEADING}<p>Our <a class="x" href="/pricess/" rel="next">prices</a> and <a href="/nowhere-near/">this</a>.</p>`;
    const result = await inHtml({ body }, { ownPages: SITE });
    expect(result.changed).toContain('<a class="x" href="/prices/" rel="next">prices</a>');
    expect(findingOf(result, 'broken-internal-link').map(({ inDiff }) => inDiff)).toEqual([true, false]);
  });

  it('are not called broken when the list of own pages is plainly a part of the site', async () => {
    const body = `${HEADING}<p>${['a', 'b', 'c', 'd', 'e'].map((name) => `<a href="/${name}/">roof ${name}</a>`).join(' ')}</p>`;
    const result = await inHtml({ body }, { ownPages: SITE });
    expect(findingOf(result, 'broken-internal-link')).toEqual([]);
  });

  it('to files, other sites, the front page and places on the page are in order', async () => {
    const body = `<h1 id="top-of-it">Roofs</h1><p><a href="/plan.pdf">plan</a> <a href="https://other.example/x">them</a> <a href="/">front</a> <a href="#top-of-it">up there</a> <a href="mailto:a@b.example">mail us</a></p>`;
    const result = await inHtml({ body }, { ownPages: SITE });
    expect(findingOf(result, 'broken-internal-link')).toEqual([]);
  });

  it('that stand alone under empty words take the heading of their page; within a sentence people do it', async () => {
    const body = `${HEADING}<p>Read it <a href="/guarantee">here</a>.</p><p><a href="/guarantee">Read more</a></p>`;
    const result = await inHtml({ body }, { ownPages: SITE });
    expect(result.changed).toContain('<p><a href="/guarantee">Our ten year guarantee</a></p>');
    expect(findingOf(result, 'generic-anchor').map(({ inDiff }) => inDiff)).toEqual([false, true]);
  });

  it('are made where an own page is named and not linked, once, outside headings and links', async () => {
    const body = `${HEADING}<h2>Moss removal</h2><p>Ask about <em>moss removal</em>. Moss removal helps.</p>`;
    const result = await inHtml({ body }, { ownPages: SITE });
    expect(result.changed).toContain('<em><a href="/moss-removal/">moss removal</a></em>. Moss removal helps.');
    const markdown = await optimised('p.md', '# Roofs\n\nAsk about moss removal.\n', { ownPages: SITE, url: URL_HERE });
    expect(markdown.changed).toContain('Ask about [moss removal](/moss-removal/).');
  });

  it.each([
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    ' \u0001javascript:alert(1)',
    'data:text/html,x',
    'mailto:a@b.example',
  ])('are not made to %j', async (url) => {
    const own = ownPage(url, { h1: 'Moss removal' });
    const result = await inHtml({ body: `${HEADING}<p>Ask about moss removal.</p>` }, { ownPages: [own] });
    expect(result.changed).not.toMatch(/<a /);
    expect(findingOf(result, 'missing-internal-link')).toEqual([]);
  });

  it.each([
    ['/moss"onmouseover="x', '/moss%22onmouseover=%22x'],
    ['https://harbour.example/moss/"><script>', '/moss/%22%3E%3Cscript%3E'],
  ])('to %s stay within their quotes', async (url, href) => {
    const own = ownPage(url, { h1: 'Moss removal' });
    const result = await inHtml(
      { body: `${HEADING}<p>Ask about moss removal, or <a href="/x">leaks</a>.</p>` },
      { ownPages: [own] },
    );
    expect(result.changed).toContain(`<a href="${href}">moss removal</a>`);
  });

  it('from own pages that name this one are asked for', async () => {
    const other = ownPage('/about/', { text: 'We do flat roof repair in Bristol and beyond.' });
    const result = await inHtml({}, { ownPages: [other], asked: ['flat roof repair'] });
    expect(findingOf(result, 'missing-inbound-link')).toHaveLength(1);
  });
});

describe('what the page is asked', () => {
  it('and has no words for stays open, without a text', async () => {
    const result = await inHtml(
      { body: `${HEADING}<p>Repairs.</p>` },
      { asked: ['flat roof repair cost', 'repairing flat roofs'] },
    );
    expect(findingOf(result, 'query-not-covered')).toMatchObject([{ before: 'nothing about "cost"', after: null }]);
  });

  it('may be said within a compound in German', async () => {
    const body = '<h1>Dachrinnenreinigung</h1><p>Wir reinigen die Dachrinne und das Fallrohr mit der Hand.</p>';
    const result = await inHtml({ lang: 'de', body }, { asked: ['Reinigung Dachrinne'] });
    expect(findingOf(result, 'query-not-covered')).toEqual([]);
  });

  it('is compared with pages that rank: topics of several, and questions', async () => {
    const rival = (text: string) =>
      ownPage(`https://${text.length}.example/`, { text, headings: ['How long does a flat roof last?'] });
    const rankingPages = [
      rival('Rubber membrane beats felt. A rubber membrane lasts.'),
      rival('Choose a rubber membrane for garages, since a rubber membrane stays flexible.'),
    ];
    const result = await inHtml({}, { rankingPages, asked: ['flat roof'] });
    expect(findingOf(result, 'topic-not-covered').map(({ before }) => before)).toEqual([
      'nothing about "rubber membrane"',
    ]);
    expect(findingOf(result, 'question-not-answered')).toHaveLength(1);
    expect(result.parts.before.topics).toBe(0);
  });

  it('is compared with what several passages of the graph speak of, by any of its names', async () => {
    const entity = (name: string, passages: readonly string[], given: Partial<KnownEntity> = {}): KnownEntity => ({
      ...{ id: name, name, kind: 'product', aliases: [], confidence: 0.9, passages },
      ...given,
    });
    const entities = [
      entity('EPDM membrane', ['c1', 'c2']),
      entity('Resin coat', ['c1', 'c3'], { aliases: ['flat roofs'] }),
      entity('Ridge vent', ['c1']),
      entity('Guess', ['c1', 'c2'], { confidence: 0.2 }),
    ];
    const body = `${HEADING}<p>We mend flat roofs in two days and dry the boards before we close them again.</p>`;
    const result = await inHtml({ body }, { entities, asked: ['flat roof'] });
    expect(findingOf(result, 'topic-not-covered')).toMatchObject([
      {
        before: 'nothing about "EPDM membrane"',
        reason: expect.stringContaining("2 passages of the client's sources on these queries speak of it"),
      },
    ]);
    // Of two that count, one stands on the page under another name.
    expect(result.parts.before.topics).toBe(0.5);
  });

  it('is called stuffed when it is repeated for its own sake, and not when it is the subject of a longer text', async () => {
    const stuffed = `${HEADING}<p>${'Flat roof repair is flat roof repair, and good flat roof repair is cheap. '.repeat(4)}</p>`;
    const sound = `${HEADING}${'<p>Flat roof repair takes care. We lift the felt around the hole, dry the boards beneath for a day and weld a new layer of felt over them, so that rain runs off to the gutter again.</p>'.repeat(1)}`;
    const asked = ['flat roof repair'];
    expect(findingOf(await inHtml({ body: stuffed }, { asked }), 'keyword-stuffed')).toHaveLength(1);
    expect(findingOf(await inHtml({ body: sound }, { asked }), 'keyword-stuffed')).toEqual([]);
  });

  it('in words that the client avoids is told', async () => {
    const result = await inHtml(
      { body: `${HEADING}<p>A cheap repair.</p>` },
      { voice: readVoice('Warm and plain.\nAvoid: cheap, number one') },
    );
    expect(findingOf(result, 'off-voice')).toMatchObject([{ reason: 'The client\'s voice leaves out "cheap".' }]);
  });
});

it('finds nothing to fault on a sound page', async () => {
  const body = `${HEADING}<p>We repair flat roofs in Bristol. Ask for our <a href="/prices/">prices of roof work</a>.</p><h2>Leaks</h2><p>${LONG}</p><img src="a.jpg" alt="A roof">`;
  const result = await inHtml({ body }, { ownPages: SITE, asked: ['flat roof repair bristol'] });
  expect(result.findings.filter(({ severity }) => severity === 'fault')).toEqual([]);
  expect(result).toMatchObject({ diff: '', score: { before: 100, after: 100 } });
});
