import { describe, expect, it } from 'vitest';
import { isKazeError } from '#platform';
import {
  formatProblems,
  parseAgentDefinition,
  parseDefinition,
  parseSkillDefinition,
  requireDefinition,
} from '../../../../agents/definitions/index.ts';

const HEAD = 'skill: demo\ndescription: x\ninputs:\n  - a\noutputs:\n  - b\n';
const problemsOf = (text: string) => formatProblems(parseSkillDefinition(text, 'f.yaml').problems);

describe('problems of a skill file', () => {
  it('reports all at once, in reading order, with place, expectation and nearest name', () => {
    const text = 'skill: Demo\ndescripton: x\ninputs:\n  - Bad Name\n  - a\n  - a\nrisk: hihg\noutputs: b\n';
    expect(problemsOf(text).split('\n')).toEqual([
      'f.yaml:1:1 "description" is missing in a skill; expected one sentence on what the skill does',
      'f.yaml:1:8 wrong value of "skill"; found the text "Demo"; expected a name such as keyword-research (a-z, 0-9 and -; at most 63)',
      expect.stringMatching(
        /^f\.yaml:2:1 unknown key "descripton" in a skill; expected one of .*; did you mean "description"\?$/,
      ),
      expect.stringMatching(/^f\.yaml:4:5 wrong item of "inputs"; found the text "Bad Name"/),
      'f.yaml:6:5 "a" stands twice in "inputs"; expected each name once',
      'f.yaml:7:7 wrong value of "risk"; found the text "hihg"; expected one of low, medium, high; did you mean "high"?',
      'f.yaml:8:10 wrong value of "outputs"; found the text "b"; expected a list of names',
    ]);
  });

  it('throws KAZE_DEFINITION_INVALID with the formatted lines in its fields', () => {
    try {
      requireDefinition(parseSkillDefinition(`${HEAD}risk: 3\n`, 'f.yaml'));
      expect.unreachable();
    } catch (error) {
      if (!isKazeError(error, 'KAZE_DEFINITION_INVALID')) throw error;
      expect(error.kind).toBe('caller');
      expect(error.fields.problems).toEqual([
        'f.yaml:7:7 wrong value of "risk"; found the number 3; expected one of low, medium, high',
      ]);
      expect(error.message).toMatch(/^f\.yaml has 1 problem:\n/);
    }
  });

  it.each([
    ['an empty file', '', /^f\.yaml:1:1 the file is empty/],
    ['comments only', '# nothing\n', /comments only/],
    ['a duplicate key', `${HEAD}risk: low\nrisk: low\n`, /^f\.yaml:8:1 duplicate key/],
    ['a tab', `${HEAD}\trisk: low\n`, /^f\.yaml:7:1 a tab; expected spaces/],
    ['several documents', `${HEAD}---\n${HEAD}`, /a second document/],
    ['a list at the top', '- a\n', /^f\.yaml:1:1 not a definition; found a list/],
    ['a scalar at the top', 'hello\n', /found the text "hello"/],
    ['a tag', `${HEAD}prompt: !!js/function "x"\n`, /^f\.yaml:7:/],
    ['a null byte', `${HEAD}prompt: "a\u0000"\n`, /not text; found U\+0000/],
    ['a replacement character of broken UTF-8', `${HEAD}prompt: "\ufffd"\n`, /found U\+FFFD/],
    ['an unresolved alias', `${HEAD}prompt: *nope\n`, /^f\.yaml:7:9 alias \*nope without anchor/],
    ['a merge key', `${HEAD}<<: { risk: low }\n`, /unknown key "<<"/],
    ['a key of the prototype', `${HEAD}__proto__: { risk: low }\n`, /unknown key "__proto__"/],
    ['a mapping where text is due', `${HEAD}prompt: { a: b }\n`, /wrong value of "prompt"; found a mapping/],
    ['yes instead of true', `${HEAD}irreversible: yes\n`, /found the text "yes"; expected true or false/],
    ['a limit out of range', `${HEAD}limits: { timeout_ms: 5 }\n`, /number from 1000 to 86400000/],
    ['an empty list', `${HEAD}metrics: []\n`, /found an empty list/],
    [
      'a stand-in for a tool that is not required',
      HEAD.replace('- a', '- { name: a, stands_in_for: [gsc] }'),
      /stands in for "gsc"/,
    ],
    [
      'several files where a list is taken',
      HEAD.replace('- a', '- { name: a, type: list, multiple: true }'),
      /"a" takes several files, and its type is list; expected type: any, text, file/,
    ],
    [
      'a name that a further file has',
      HEAD.replace('- a', '- { name: a, multiple: true }\n  - a_2'),
      /"a_2" is what a further file of "a" is called/,
    ],
    [
      'two answers to whether it is optional',
      HEAD.replace('- a', '- name: a # Optional: x\n    required: true'),
      /required here and optional/,
    ],
  ])('refuses %s', (_name, text, expected) => {
    expect(problemsOf(text)).toMatch(expected);
  });

  it('refuses a file beyond 256 KiB without reading it as YAML', () => {
    expect(problemsOf(`${HEAD}prompt: "${'x'.repeat(256 * 1024)}"\n`)).toMatch(
      /too large; found \d+ bytes; expected at most 262144/,
    );
  });

  it('refuses an alias bomb and keeps a few aliases working', () => {
    const bomb = [
      'a: &a [x, x]',
      ...'bcdefghijkl'.split('').map((l, i) => `${l}: &${l} [*${'abcdefghijkl'[i]}, *${'abcdefghijkl'[i]}]`),
    ];
    const started = performance.now();
    expect(problemsOf(`${HEAD}${bomb.join('\n')}\n`)).toMatch(/too many aliases; expected at most 10/);
    expect(performance.now() - started).toBeLessThan(2000);
    const text = `${HEAD.replace('description: x', 'description: &d shared words')}prompt: *d\n`;
    expect(parseSkillDefinition(text, 'f').definition?.prompt).toBe('shared words');
  });

  it('answers an alias that holds itself instead of looping', () => {
    expect(problemsOf(`${HEAD}metrics: &m [*m]\n`)).toMatch(/metrics/);
  });

  it.each(['[', '{a: ', '- '])('refuses %s repeated without end', (piece) => {
    const started = performance.now();
    expect(problemsOf(`${HEAD}prompt:\n  ${piece.repeat(20_000)}\n`)).not.toBe('');
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('counts what lies beyond the first fifty problems', () => {
    const keys = Array.from({ length: 80 }, (_, i) => `zz${i}: 1`).join('\n');
    const lines = problemsOf(`${HEAD}${keys}\n`).split('\n');
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toMatch(/and 30 more problems/);
  });

  it('reads Windows line ends and a byte order mark like any other', () => {
    const plain = parseSkillDefinition(`${HEAD}risk: low # c\n`, 'f').definition!;
    const windows = parseSkillDefinition(`\ufeff${HEAD}risk: low # c\n`.replaceAll('\n', '\r\n'), 'f').definition!;
    expect(windows.source.hash).toBe(plain.source.hash);
  });

  it('names the nearest key when a file is neither skill nor agent', () => {
    expect(formatProblems(parseDefinition('skil: x\n', 'f').problems)).toMatch(
      /neither a skill nor an agent.*did you mean "skill"\?/,
    );
  });
});

describe('quality criteria', () => {
  const criterion = (line: string, extra = '') => problemsOf(`${HEAD}${extra}quality_criteria:\n  - ${line}\n`);

  it.each([
    ['busines_alignment check', /unknown validator "busines_alignment".*did you mean "business_alignment"\?/],
    ['the text should be nice', /nothing can check.*judge: "<question>"/],
    ['relevance_score >', /7|8:.*ends too early/],
    ['{ judge: "Good?", min_score: 3 }', /a number from 0 to 1/],
    ['{ judge: "Good?", expression: "a > 1" }', /found expression and judge/],
    ['{ description: "x" }', /found none of them; expected exactly one of/],
    ['count(b) + 1', /is a number, no yes or no/],
  ])('refuses %s', (line, expected) => {
    expect(criterion(line)).toMatch(expected);
  });

  it('knows outputs and metrics once metrics are declared, and points at the name inside the line', () => {
    const text = criterion('count(b) > 0 and qualty > 1', 'metrics:\n  - quality\n');
    expect(text).toBe(
      'f.yaml:10:22 in the expression "count(b) > 0 and qualty > 1": unknown name "qualty"; expected an output or metric: b, quality; did you mean "quality"?',
    );
  });

  it('lets any name pass while metrics are not known, and takes them from the handler when told', () => {
    const text = `${HEAD}quality_criteria:\n  - relevance_score > 0.8\n`;
    expect(parseSkillDefinition(text, 'f').problems).toEqual([]);
    const told = parseSkillDefinition(text, 'f', { metricsOf: () => ['relevance_scores'] });
    expect(told.problems).toMatchObject([{ line: 8, column: 5, nearest: 'relevance_scores' }]);
  });
});

describe('agents', () => {
  const agent = (lines: string) => parseAgentDefinition(`agent: a\nrole: r\nskills: [s]\n${lines}`, 'f.yaml');

  it.each([
    ['autonomy_level: sampling', ['sampling']],
    ['autonomy_level: supervised -> sampling', ['supervised', 'sampling']],
    ['autonomy_level: [sampling, autonomous]', ['sampling', 'autonomous']],
    ['description: no ramp is written', ['supervised']],
  ])('reads %s', (line, ramp) => {
    expect(agent(line).definition?.ramp).toEqual(ramp);
  });

  it.each([
    ['autonomy_level: autonomous → supervised', /4:30 "supervised" cannot follow "autonomous"/],
    ['autonomy_level: supervised → samplin', /4:30 unknown level "samplin".*did you mean "sampling"\?/],
    ['autonomy_level: 3', /found the number 3/],
    ['knowledge: [client/acme/x]', /found client "acme"; expected client\/\{client_id\}/],
    ['knowledge: [seo]', /names no items; expected seo\/\* for all of it/],
    ['knowledge: ["../etc"]', /does not begin with a vertical's name/],
    ['knowledge: [seo/../crm]', /found ".."/],
  ])('refuses %s', (line, expected) => {
    expect(formatProblems(agent(line).problems)).toMatch(expected);
  });

  it('takes a level per skill from the ramp only', () => {
    const text = (level: string) =>
      `agent: a\nrole: r\nskills:\n  - { name: s, level: ${level} }\nautonomy_level: supervised → sampling\n`;
    expect(parseAgentDefinition(text('sampling'), 'f').definition?.skills).toEqual([{ name: 's', level: 'sampling' }]);
    expect(formatProblems(parseAgentDefinition(text('autonomous'), 'f').problems)).toMatch(
      /4:23 level "autonomous" is not on the agent's ramp/,
    );
  });

  it('knows the placeholders of a role', () => {
    const text = 'agent: a\nrole: "for {clint}"\nskills: [s]\n';
    expect(formatProblems(parseAgentDefinition(text, 'f').problems)).toMatch(/did you mean "client"\?/);
  });
});

describe('the content hash', () => {
  const hash = (text: string) => parseSkillDefinition(text, 'f').definition!.source.hash;
  const base = `${HEAD}quality_criteria:\n  - count(b) > 0\n`;

  it.each([
    ['blanks and quotes', base.replace('description: x', 'description:   "x"')],
    ['key order', `description: x\nskill: demo\n${base.slice(base.indexOf('inputs'))}`],
    ['a comment line', `# about\n${base}`],
    ['spacing in an expression', base.replace('count(b) > 0', 'count( b )>0')],
    ['a default written out', base.replace('- a', '- { name: a, required: true }')],
  ])('does not change with %s', (_name, text) => {
    expect(hash(text)).toBe(hash(base));
  });

  it.each([
    ['a description', base.replace('description: x', 'description: y')],
    ['a comment with meaning', base.replace('- a', '- a # Optional: maybe')],
    ['a threshold', base.replace('> 0', '> 1')],
    ['the order of inputs', base.replace('  - a\n', '  - c\n  - a\n')],
  ])('changes with %s', (_name, text) => {
    expect(hash(text)).not.toBe(hash(base));
  });
});
