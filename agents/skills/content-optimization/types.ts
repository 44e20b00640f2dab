import type { Language } from '#platform';

/** Characters (UTF-16 units) of a page's text, whose line ends are LF; end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Characters that other ones take the place of; an empty span inserts. */
export interface Edit extends Span {
  readonly text: string;
}

/** A text of the page that stands in one place: a title element, a field of front matter. */
export interface Slot {
  readonly text: string;
  /** The whole element or field. */
  readonly span: Span;
  /** The edit that puts another text there, written as that place needs it. */
  rewrite(text: string): Edit;
}

export interface Heading {
  /** 1 to 6. */
  readonly level: number;
  readonly text: string;
  readonly span: Span;
  /** Edits that give it another level. */
  relevel(level: number): readonly Edit[];
}

export interface Block {
  readonly kind: 'heading' | 'paragraph' | 'item' | 'cell' | 'caption' | 'code';
  readonly text: string;
  readonly span: Span;
  /** Content of this page, not navigation, header or footer of the site. */
  readonly own: boolean;
  /** The span is a whole element that holds this text and nothing else: it can be taken out. */
  readonly removable: boolean;
}

/** Text as it stands in the source, letter by letter. */
export interface Run {
  readonly text: string;
  readonly span: Span;
}

export interface Link {
  readonly href: string;
  /** What is read: the text, or the alternative text of a linked image, or its label. */
  readonly text: string;
  readonly span: Span;
  readonly own: boolean;
  /** The link is all that its paragraph or list item holds. */
  readonly alone: boolean;
  /** Undefined where the source does not show it plainly, as for reference links in Markdown. */
  readonly rewriteHref?: (href: string) => Edit;
  readonly rewriteText?: (text: string) => Edit;
}

export interface Image {
  readonly src: string;
  /** Null without a text alternative; empty where the page says that it is decoration. */
  readonly alt: string | null;
  readonly span: Span;
  /** Of the figure around it. */
  readonly caption: string;
  readonly title: string;
  readonly own: boolean;
  readonly rewriteAlt?: (alt: string) => Edit;
}

/** A script element of type application/ld+json. */
export interface JsonLd {
  readonly text: string;
  readonly span: Span;
}

/** What a page says about itself outside its text. */
export interface PageFacts {
  readonly siteName?: string;
  readonly canonical?: string;
  readonly image?: string;
  readonly author?: string;
  readonly published?: string;
  readonly modified?: string;
  readonly telephone?: string;
  readonly email?: string;
  readonly address?: string;
}

export interface Page {
  /** File name or address, for people. */
  readonly name: string;
  readonly format: 'html' | 'markdown';
  readonly source: string;
  /** Address, where it is known. */
  readonly url?: string;
  /** BCP 47, as the page declares it. */
  readonly declared?: string;
  /** By its words, else as declared. */
  readonly language: Language;
  /** The file has a place for title and description: a head, or front matter. */
  readonly hasHead: boolean;
  readonly titles: readonly Slot[];
  readonly descriptions: readonly Slot[];
  /** Edits that put a title or description where there is none; undefined where the file has no place for it. */
  readonly addTitle?: (text: string) => Edit;
  readonly addDescription?: (text: string) => Edit;
  readonly headings: readonly Heading[];
  readonly blocks: readonly Block[];
  readonly runs: readonly Run[];
  readonly links: readonly Link[];
  readonly images: readonly Image[];
  readonly jsonLd: readonly JsonLd[];
  /** Ids and names that links within the page may point at. */
  readonly anchors: ReadonlySet<string>;
  readonly facts: PageFacts;
  /** Places of what runs or hides: event handlers, scripted links. Told, never run. */
  readonly unsafe: ReadonlyArray<{ readonly what: string; readonly span: Span }>;
  /** Text of the page's own content, a block a line. */
  readonly text: string;
}

/** A page of the client or of a rival, as far as it is known. */
export interface KnownPage {
  readonly name: string;
  readonly url?: string;
  readonly title: string;
  readonly h1: string;
  readonly headings: readonly string[];
  readonly text: string;
  readonly links: ReadonlyArray<{ readonly href: string; readonly text: string }>;
  /** Id of the Source in the graph that it was read from. */
  readonly source?: string;
  /** Only passages are known, not the whole page. */
  readonly partial: boolean;
}

export interface TargetQuery {
  readonly query: string;
  /** `target`: asked for; `search_console`: the page is shown for it. */
  readonly origin: 'target' | 'search_console';
  /** Null without an export. */
  readonly impressions: number | null;
}

export type Kind =
  | 'title-missing'
  | 'title-too-long'
  | 'title-without-query'
  | 'title-duplicate'
  | 'several-titles'
  | 'description-missing'
  | 'description-too-long'
  | 'description-too-short'
  | 'h1-missing'
  | 'several-h1'
  | 'heading-skipped'
  | 'heading-empty'
  | 'image-without-alt'
  | 'jsonld-invalid'
  | 'jsonld-missing-field'
  | 'jsonld-recommended-field'
  | 'jsonld-without-effect'
  | 'duplicate-passage'
  | 'broken-internal-link'
  | 'generic-anchor'
  | 'missing-internal-link'
  | 'missing-inbound-link'
  | 'query-not-covered'
  | 'question-not-answered'
  | 'topic-not-covered'
  | 'keyword-stuffed'
  | 'hard-to-read'
  | 'unsafe-link'
  | 'off-voice';

/** One thing to change, with the edits that change it where that takes no new facts. */
export interface Finding {
  readonly kind: Kind;
  /** A notice is worth a look; a fault takes from the score. */
  readonly severity: 'fault' | 'notice';
  readonly at: Span | null;
  /** What is there, in words that people read; never markup. */
  readonly before: string;
  /** What is to stand there; null where that needs facts or a decision of the client. */
  readonly after: string | null;
  readonly reason: string;
  readonly edits: readonly Edit[];
  /** Items of the vertical's pack that bear on this one, besides those on its kind. */
  readonly knowledge?: readonly string[];
}
