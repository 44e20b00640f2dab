import { shown, shownAddress, visible } from '../text/shown.ts';
import { isGenericAnchor } from './generic-anchors.ts';
import type { Subject } from './subject.ts';
import type { Finding, Link } from './types.ts';

/** With more links than this to pages that are not listed, and fewer to listed ones, the list is taken for a part of the site. */
const FEW = 3;

export function checkLinks(subject: Subject): Finding[] {
  return [...brokenLinks(subject), ...genericAnchors(subject), ...unsafe(subject)];
}

/** True when own pages were given and most links lead to others: then a missing target is no fault of the page. */
export function listsPart(subject: Subject): boolean {
  const { site } = subject;
  const targets = internalTargets(subject);
  const unknown = targets.filter((url) => !site.knows(url)).length;
  return unknown > FEW && unknown > targets.length / 2;
}

function internalTargets({ page, site }: Subject): URL[] {
  const targets = new Map<string, URL>();
  for (const { href } of page.links) {
    const url = site.internal(href);
    if (url) targets.set(url.pathname, url);
  }
  return [...targets.values()];
}

function brokenLinks(subject: Subject): Finding[] {
  const { page, material, site } = subject;
  const judged = site.size > 0 && material.ownPages.some(({ source }) => source === undefined) && !listsPart(subject);
  return page.links.flatMap((link): Finding[] => {
    const within = /^#(.+)$/.exec(link.href.trim())?.[1];
    if (within !== undefined) return brokenWithin(link, within, page.anchors);
    const url = judged ? site.internal(link.href) : undefined;
    if (!url || site.knows(url)) return [];
    const meant = site.meantBy(url);
    const href = meant && site.writtenLike(meant, link.href.trim());
    const edit = href && link.rewriteHref?.(href);
    return [
      {
        kind: 'broken-internal-link',
        severity: 'fault',
        at: link.span,
        before: `"${shown(link.text, 80)}" leads to ${shownAddress(link.href)}`,
        after: edit ? `"${shown(link.text, 80)}" leads to ${shownAddress(href)}` : null,
        reason: `None of the ${site.size} own pages has this address.${edit ? ' The new one is the only page that can be meant.' : ''}`,
        edits: edit ? [edit] : [],
      },
    ];
  });
}

function brokenWithin(link: Link, anchor: string, anchors: ReadonlySet<string>): Finding[] {
  let name = anchor;
  try {
    name = decodeURIComponent(anchor);
  } catch {
    // As it stands.
  }
  if (anchors.has(name) || anchors.has(anchor) || /^(top$|!|:~:)/i.test(name)) return [];
  return [
    {
      kind: 'broken-internal-link',
      severity: 'fault',
      at: link.span,
      before: `"${shown(link.text, 80)}" leads to #${shown(name, 80)}`,
      after: null,
      reason: 'The page has no place of this name.',
      edits: [],
    },
  ];
}

function genericAnchors({ page, site }: Subject): Finding[] {
  return page.links.flatMap((link): Finding[] => {
    if (!link.own || !isGenericAnchor(link.text)) return [];
    const url = site.internal(link.href);
    const target = url && site.pageAt(url);
    const name = visible(target?.h1 || target?.title.split(/\s[|–—-]\s/)[0] || '').trim();
    const edit = link.alone && name !== '' ? link.rewriteText?.(name) : undefined;
    return [
      {
        kind: 'generic-anchor',
        severity: 'fault',
        at: link.span,
        before: `"${shown(link.text, 80)}" leads to ${shownAddress(link.href)}`,
        after: edit ? `"${shown(name, 120)}" leads to ${shownAddress(link.href)}` : null,
        reason: `The text of the link does not say where it leads.${
          edit
            ? ' The words are the heading of the page it leads to.'
            : name === ''
              ? ''
              : ` That page is called "${shown(name, 120)}"; the sentence around the link needs a new form.`
        }`,
        edits: edit ? [edit] : [],
      },
    ];
  });
}

function unsafe({ page }: Subject): Finding[] {
  return page.unsafe
    .filter(({ what }) => what.startsWith('a link'))
    .map(({ span, what }) => ({
      kind: 'unsafe-link',
      severity: 'notice',
      at: span,
      before: what,
      after: null,
      reason: 'Search engines do not follow it, and it can do harm.',
      edits: [],
    }));
}
