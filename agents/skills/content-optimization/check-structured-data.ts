import { shown, visible } from '../text/shown.ts';
import { SourceText } from './edits.ts';
import {
  isRecord,
  type JsonObject,
  type JsonRecord,
  type JsonValue,
  objectsOf,
  parseJson,
  repairJson,
  scriptJson,
  withoutPlaces,
} from './json-objects.ts';
import { isBusiness, type StructuredType, structuredType } from './structured-types.ts';
import type { Subject } from './subject.ts';
import type { Edit, Finding, JsonLd } from './types.ts';

/** JSON-LD: does it parse, has it what its types must have, and does the page itself hold what is missing. */
export function checkStructuredData(subject: Subject): Finding[] {
  return subject.page.jsonLd.flatMap((script) => checkScript(script, subject));
}

/** Share of the page's scripts of structured data without a fault; undefined without any. */
export function soundShare(subject: Subject): number | undefined {
  const { jsonLd } = subject.page;
  if (jsonLd.length === 0) return undefined;
  const sound = jsonLd.filter((script) => checkScript(script, subject).every(({ severity }) => severity === 'notice'));
  return sound.length / jsonLd.length;
}

function checkScript(script: JsonLd, subject: Subject): Finding[] {
  const parsed = parseJson(script.text);
  if ('message' in parsed) return invalid(script, parsed, subject);
  const objects = objectsOf(script.text, parsed.value);
  const found = objects ?? withoutPlaces(parsed.value);
  const findings = found.flatMap((object) => checkObject(object, { script, subject, placed: objects !== undefined }));
  return [...contextFindings(script, parsed.value, objects?.[0]), ...findings];
}

/** Markup that cannot be read, and what is missing from it once it can. */
function invalid(script: JsonLd, { message, at }: { message: string; at: number }, subject: Subject): Finding[] {
  const repaired = repairJson(script.text);
  const place = script.span.start + Math.min(at, Math.max(0, script.text.length - 1));
  const found = {
    kind: 'jsonld-invalid',
    severity: 'fault',
    at: { start: place, end: Math.min(place + 1, script.span.end) },
    before: `structured data that is no JSON: ${shown(message, 120)}`,
  } as const;
  const useless = 'Search engines read nothing of it.';
  if (repaired === undefined) {
    return [{ ...found, after: null, reason: `${useless} What was meant is not certain.`, edits: [] }];
  }
  // Places within the repaired text are not those of the page: what it lacks is filled in the same edit.
  const inner = checkScript({ text: repaired, span: { start: 0, end: repaired.length } }, subject);
  const filled = inner.filter(({ edits }) => edits.length > 0);
  const wanted = new SourceText(repaired).apply(filled.flatMap(({ edits }) => edits)).replaceAll('<', '\\u003c');
  const added = filled.map(({ after }) => after).join('; ');
  return [
    {
      ...found,
      after: `the same words as valid JSON${added === '' ? '' : `, with ${added}`}`,
      reason: `${useless} Commas, quotes or brackets are mended; words and numbers stay.`,
      edits: smallEdits(script, wanted),
    },
    ...inner.filter(({ edits }) => edits.length === 0).map((finding) => ({ ...finding, at: script.span })),
  ];
}

/** One edit for what lies between the common beginning and the common end. */
function smallEdits({ text, span }: JsonLd, wanted: string): Edit[] {
  let start = 0;
  while (start < text.length && start < wanted.length && text[start] === wanted[start]) start++;
  let end = 0;
  while (end < text.length - start && end < wanted.length - start && text.at(-1 - end) === wanted.at(-1 - end)) end++;
  return [
    { start: span.start + start, end: span.start + text.length - end, text: wanted.slice(start, wanted.length - end) },
  ];
}

function contextFindings(script: JsonLd, value: JsonValue, first: JsonObject | undefined): Finding[] {
  const roots = Array.isArray(value) ? value : [value];
  const without = roots.filter((root) => isRecord(root) && !('@context' in root));
  const foreign = roots.some(
    (root) => isRecord(root) && typeof root['@context'] === 'string' && !/schema\.org/i.test(root['@context']),
  );
  if (without.length === 0 && !foreign) return [];
  const only = without.length === 1 && roots.length === 1 && first !== undefined && first.inside > 0;
  return [
    {
      kind: 'jsonld-missing-field',
      severity: 'fault',
      at: script.span,
      before:
        without.length > 0
          ? 'structured data without @context'
          : 'structured data with an @context that is not schema.org',
      after: only ? '@context: https://schema.org' : null,
      reason: 'Without the vocabulary of schema.org the words in it mean nothing to search engines.',
      edits: only ? [insert(script, first, '@context', 'https://schema.org')] : [],
    },
  ];
}

interface Around {
  readonly script: JsonLd;
  readonly subject: Subject;
  readonly placed: boolean;
}

function checkObject(object: JsonObject, around: Around): Finding[] {
  const names = [object.value['@type']].flat().filter((name): name is string => typeof name === 'string');
  const name = names.map((one) => one.replace(/^https?:\/\/schema\.org\//, '')).find((one) => structuredType(one));
  const type = name === undefined ? undefined : structuredType(name);
  const at = object.inside > 0 ? around.script.span.start + object.inside - 1 : around.script.span.start;
  const place = { start: at, end: at + 1 };
  // A mention by its id is described elsewhere.
  if (Object.keys(object.value).every((key) => key === '@id' || key === '@type') && '@id' in object.value) return [];
  if (type === undefined || name === undefined) {
    const isRoot = object.top && names.length === 0 && !('@graph' in object.value);
    if (!isRoot) return [];
    return [
      { ...fault(place, 'structured data without @type', null), reason: 'Nothing says what it describes.', edits: [] },
    ];
  }
  const findings: Finding[] = [];
  for (const [fields, required] of [
    [type.required, true],
    // Nested things are described as far as the outer one needs.
    [object.top ? type.recommended : [], false],
  ] as const) {
    for (const field of fields)
      if (!holds(object.value, field)) findings.push(missing(object, { name, field, required, place, ...around }));
  }
  if (type.parts) findings.push(...partFindings(object.value, type.parts, { name, place }));
  if (type.withoutEffect) {
    findings.push({
      kind: 'jsonld-without-effect',
      severity: 'notice',
      at: place,
      before: `structured data of type ${name}`,
      after: null,
      reason: `It does no harm and brings nothing in Google: ${type.withoutEffect}.`,
      edits: [],
    });
  }
  return findings.map((finding) => ({ ...finding, knowledge: [type.knowledge] }));
}

const fault = (at: Finding['at'], before: string, after: string | null) =>
  ({ kind: 'jsonld-missing-field', severity: 'fault', at, before, after }) as const;

interface Missing extends Around {
  readonly name: string;
  /** `a|b`: one of them. */
  readonly field: string;
  readonly required: boolean;
  readonly place: Finding['at'];
}

function missing(object: JsonObject, { name, field, required, place, script, subject, placed }: Missing): Finding {
  const property = field.split('|')[0]!;
  const value = object.top ? factFor(property, name, subject) : undefined;
  const edits =
    value !== undefined && placed && object.inside > 0 ? [insert(script, object, property, value.value)] : [];
  return {
    kind: required ? 'jsonld-missing-field' : 'jsonld-recommended-field',
    severity: required ? 'fault' : 'notice',
    at: place,
    before: `${name} without ${field.replaceAll('|', ' or ')}`,
    after: edits.length > 0 ? `${property}: ${shown(value!.shown, 160)}` : null,
    reason: `${required ? 'It must be there' : 'It is recommended'} for ${name}.${
      edits.length > 0
        ? ` The value is ${value!.from}.`
        : ' The page does not hold it in a form that can be taken over.'
    }`,
    edits,
  };
}

/** A fact that the page itself holds. */
function factFor(
  property: string,
  type: string,
  { page }: Subject,
): { value: JsonValue; shown: string; from: string } | undefined {
  const { facts } = page;
  const h1 = page.headings.find(({ level }) => level === 1)?.text;
  const text = (value: string | undefined, from: string) =>
    value ? { value: visible(value), shown: value, from } : undefined;
  const isThing = /Article|BlogPosting|Product|Recipe|Event|Video|JobPosting/.test(type);
  switch (property) {
    case 'headline':
      return text(h1, 'the page’s first heading');
    case 'name':
      return isThing ? text(h1, 'the page’s first heading') : text(facts.siteName, 'the site’s name');
    case 'title':
      return text(h1, 'the page’s first heading');
    case 'description':
      return text(page.descriptions[0]?.text, 'the meta description');
    case 'url':
      return text(facts.canonical, 'the page’s canonical address');
    case 'image':
      return text(facts.image, 'the picture that the page names for sharing (og:image)');
    case 'datePublished':
    case 'datePosted':
    case 'uploadDate':
      return text(facts.published, 'the date that the page gives');
    case 'dateModified':
      return text(facts.modified, 'the date that the page gives');
    case 'author':
      return facts.author
        ? {
            value: { '@type': 'Person', name: visible(facts.author) },
            shown: facts.author,
            from: 'the author that the page names',
          }
        : undefined;
    case 'telephone':
      return text(facts.telephone, 'the number that the page links');
    case 'address':
      return isBusiness(type) ? text(facts.address, 'the page’s address element') : undefined;
    default:
      return undefined;
  }
}

function holds(record: JsonRecord, field: string): boolean {
  return field.split('|').some((path) => {
    let value: JsonValue | undefined = record;
    for (const key of path.split('.'))
      value = Array.isArray(value) ? undefined : isRecord(value) ? value[key] : undefined;
    return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
  });
}

function partFindings(
  record: JsonRecord,
  parts: NonNullable<StructuredType['parts']>,
  { name, place }: { name: string; place: Finding['at'] },
): Finding[] {
  const list = [record[parts.property]].flat().filter(isRecord);
  if (record[parts.property] === undefined) return [];
  const findings = list.flatMap((item, at) =>
    parts.required
      .filter((field) => !holds(item, field))
      .map((field) => ({
        ...fault(place, `${name}: part ${at + 1} without ${field.replaceAll('|', ' or ')}`, null),
        reason: `It must be there for each part of ${name}.`,
        edits: [],
      })),
  );
  if (list.length >= parts.least) return findings;
  return [
    ...findings,
    {
      ...fault(place, `${name} with ${list.length} of at least ${parts.least} parts`, null),
      reason: `${parts.property} holds too few parts to be shown.`,
      edits: [],
    },
  ];
}

/** A property at the beginning of an object, laid out as the one that stands there. */
function insert(script: JsonLd, { inside, value }: JsonObject, property: string, to: JsonValue): Edit {
  const layout = /^\s*/.exec(script.text.slice(inside))![0];
  const at = script.span.start + inside;
  const comma = Object.keys(value).length > 0 ? ',' : '';
  const gap = layout === '' ? '' : ' ';
  return {
    start: at,
    end: at,
    text: `${comma === '' ? '' : layout}${scriptJson(property)}:${gap}${scriptJson(to)}${comma}`,
  };
}
