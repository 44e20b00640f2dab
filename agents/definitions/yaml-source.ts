import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  type ParsedNode,
  parseAllDocuments,
  visit,
  type YAMLMap,
} from 'yaml';
import { type HeadlineBody, unindentHeadlineBody } from './headline.ts';
import { type Position, ProblemList } from './problems.ts';

/** Limits on one definition file. A skill is a page of text; what is larger is not one. */
export const SOURCE_LIMITS = { maxBytes: 256 * 1024, maxAliases: 10, maxDepth: 12 } as const;

/** What the parser hands on as a problem of the text when its own recursion ended. */
const STACK_ENDED = /call stack|too much recursion/i;

const START: Position = { line: 1, column: 1 };

/** A YAML file as nodes with exact places; aliases are followed, nothing is turned into plain objects by the library. */
export interface YamlSource {
  readonly file: string;
  readonly root: YAMLMap;
  /** Whether the file was written as a headline with an indented body. */
  readonly form: 'flat' | 'headline';
  readonly problems: ProblemList;
  /** Where an offset of a node's `range`, or a node, stands in the file as written. */
  at(place: number | Node | null | undefined): Position;
  /** The comment behind a value on its own line, without `#` and outer blanks; undefined when there is none. */
  trailingComment(node: Node): string | undefined;
  /** The node itself, or what an alias stands for. */
  follow(node: unknown): Node | undefined;
}

export interface ReadYamlOptions {
  /** Keys that may open the headline form, such as `skill`; none means flat YAML only. */
  readonly headlines?: readonly string[];
}

/** Reads YAML text under the limits; problems that leave nothing to look at give no source. */
export function readYamlSource(
  text: string,
  file: string,
  options: ReadYamlOptions = {},
): { readonly source?: YamlSource; readonly problems: ProblemList } {
  const problems = new ProblemList(file);
  const bytes = Buffer.byteLength(text);
  if (bytes > SOURCE_LIMITS.maxBytes) {
    const found = `${bytes} bytes`;
    problems.add(START, { what: 'the file is too large', found, expected: `at most ${SOURCE_LIMITS.maxBytes} bytes` });
    return { problems };
  }
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (plain.trim() === '') {
    problems.add(START, { what: 'the file is empty', expected: 'a definition' });
    return { problems };
  }
  if (!checkCharacters(plain, problems)) return { problems };
  const body = unindentHeadlineBody(plain, options.headlines ?? [], problems);
  if (!problems.isEmpty) return { problems };
  const lines = new LineCounter();
  const document = compose(body.text, lines, problems);
  if (!document) return { problems };
  if (document.errors.some(({ message }) => STACK_ENDED.test(message))) {
    problems.add(START, { what: 'nested too deeply', expected: `at most ${SOURCE_LIMITS.maxDepth} levels` });
    return { problems };
  }
  const source = sourceOf({ body, document, lines, problems });
  const at = source?.at ?? ((place: number) => position(place, lines, body));
  for (const error of [...document.errors, ...document.warnings]) {
    problems.add(at(error.pos[0]), { what: yamlMessage(error.code, error.message) });
  }
  if (!problems.isEmpty || !source) return { problems };
  checkShape(document, source);
  return problems.isEmpty ? { source, problems } : { problems };
}

function checkCharacters(text: string, problems: ProblemList): boolean {
  text.split('\n').forEach((line, index) => {
    const tab = line.indexOf('\t');
    if (tab >= 0) {
      problems.add({ line: index + 1, column: tab + 1 }, { what: 'a tab', expected: 'spaces (in a text, "\\t")' });
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is looked for.
    const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]|\r(?!$)/.exec(line);
    if (control) {
      const found = `U+${control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
      problems.add({ line: index + 1, column: control.index + 1 }, { what: 'a character that is not text', found });
    }
  });
  return problems.isEmpty;
}

function compose(text: string, lines: LineCounter, problems: ProblemList): Document.Parsed | undefined {
  let documents: Document.Parsed[];
  try {
    const parsed = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      logLevel: 'silent',
    });
    documents = 'empty' in parsed ? [] : parsed;
  } catch (error) {
    // The composer recurses: nesting of some thousand levels ends its stack.
    const what = error instanceof RangeError ? 'nested too deeply' : `not YAML: ${String(error)}`;
    problems.add(START, { what, expected: `at most ${SOURCE_LIMITS.maxDepth} levels` });
    return undefined;
  }
  const [first, second] = documents;
  if (!first) {
    problems.add(START, { what: 'the file holds comments only', expected: 'a definition' });
    return undefined;
  }
  if (second) {
    const { line, col } = lines.linePos(second.range[0]);
    problems.add({ line, column: col }, { what: 'a second document (---)', expected: 'one definition in one file' });
  }
  return first;
}

interface SourceParts {
  readonly body: HeadlineBody;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly problems: ProblemList;
}

function position(offset: number, lines: LineCounter, body: HeadlineBody): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) + (body.removed[line - 1] ?? 0) };
}

function sourceOf({ body, document, lines, problems }: SourceParts): YamlSource | undefined {
  const at = (place: number | Node | null | undefined): Position => {
    const offset = typeof place === 'number' ? place : (place?.range?.[0] ?? 0);
    return position(offset, lines, body);
  };
  const root = document.contents as ParsedNode | null;
  if (!isMap(root)) {
    // Broken YAML explains itself; "not a mapping" on top of it would mislead.
    if (document.errors.length === 0) {
      problems.add(at(root), { what: 'not a definition', found: describeNode(root), expected: 'a mapping of keys' });
    }
    return undefined;
  }
  return {
    file: problems.file,
    root,
    form: body.form,
    problems,
    at,
    trailingComment(node) {
      if (!node.range) return undefined;
      const end = body.text.indexOf('\n', node.range[1]);
      const rest = body.text.slice(node.range[1], end < 0 ? undefined : end);
      return /^[,\]} ]*(?<= )#+\s*(.*?)\s*$/.exec(rest)?.[1] || undefined;
    },
    follow: (node) => {
      if (isAlias(node)) return node.resolve(document) as Node | undefined;
      return isNode(node) ? node : undefined;
    },
  };
}

function checkShape(document: Document.Parsed, source: YamlSource): void {
  let aliases = 0;
  let tooDeep = false;
  visit(document, (_key, node, path) => {
    if (isAlias(node)) {
      aliases += 1;
      if (aliases <= SOURCE_LIMITS.maxAliases && !node.resolve(document)) {
        const expected = `&${node.source} before it`;
        source.problems.add(source.at(node), { what: `alias *${node.source} without anchor`, expected });
      }
      if (aliases === SOURCE_LIMITS.maxAliases + 1) {
        source.problems.add(source.at(node), {
          what: 'too many aliases',
          expected: `at most ${SOURCE_LIMITS.maxAliases}`,
        });
      }
    }
    if (!tooDeep && isCollection(node) && path.filter(isCollection).length >= SOURCE_LIMITS.maxDepth) {
      tooDeep = true;
      source.problems.add(source.at(node), {
        what: 'nested too deeply',
        expected: `at most ${SOURCE_LIMITS.maxDepth} levels`,
      });
    }
    if (isNode(node) && !isAlias(node) && node.tag?.startsWith('!')) {
      source.problems.add(source.at(node), { what: `tag ${node.tag}`, expected: 'plain values without tags' });
    }
    if (isPair(node) && isAlias(node.key)) {
      source.problems.add(source.at(node.key), { what: 'an alias as a key', expected: 'the name itself' });
    }
    return tooDeep ? visit.BREAK : undefined;
  });
}

/** The library's own words, but for those that an author meets often. */
function yamlMessage(code: string, message: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'duplicate key: this name stands twice in the same mapping';
    case 'BAD_INDENT':
    case 'BLOCK_AS_IMPLICIT_KEY':
      return `wrong indentation or a ":" inside unquoted text (${message}); quote texts that hold ": "`;
    case 'BAD_ALIAS':
      return `alias without anchor (${message})`;
    default:
      return `not valid YAML: ${message.replace(/\.$/, '')}`;
  }
}

/** What a node is, as a person would say it: `the number 3`, `the text "abc"`, `a list`. */
export function describeNode(node: unknown): string {
  if (isScalar(node)) {
    const { value } = node;
    if (value === null) return 'nothing';
    if (typeof value === 'string') return `the text "${value.length > 60 ? `${value.slice(0, 57)}...` : value}"`;
    if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
    return String(value);
  }
  if (isMap(node)) return 'a mapping';
  if (isCollection(node)) return 'a list';
  return 'nothing';
}
