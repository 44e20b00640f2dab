import { describe, expect, it } from 'vitest';
import { parseTaskInputs } from '../../../../deploy/cli/input/task-inputs.ts';

describe('--input', () => {
  it('reads text, files, standard input and JSON', () => {
    const given = ['goal=more = better', 'rankings=@queries.csv', 'about=-', 'limit:=20', 'empty='];
    expect(parseTaskInputs(given)).toEqual({
      values: { goal: 'more = better', limit: 20, empty: '' },
      files: [
        { input: 'rankings', path: 'queries.csv' },
        { input: 'about', path: '-' },
      ],
    });
  });

  it('makes a list of a name that is repeated', () => {
    expect(parseTaskInputs(['rival=a.example', 'rival=b.example', 'rival:=3']).values).toEqual({
      rival: ['a.example', 'b.example', 3],
    });
  });

  it('names every file of a name that is repeated, in order', () => {
    expect(parseTaskInputs(['pages=@a.html', 'pages=@b.html'])).toEqual({
      values: {},
      files: [
        { input: 'pages', path: 'a.html' },
        { input: 'pages', path: 'b.html' },
      ],
    });
  });

  it('takes text that begins with @ as JSON', () => {
    expect(parseTaskInputs(['handle:="@kaze"'])).toEqual({ values: { handle: '@kaze' }, files: [] });
  });

  it.each([
    [['no-name'], /has no name/],
    [['=value'], /has no name/],
    [['a=@'], /names no file/],
    [['a:={'], /is no JSON/],
    [['a=@x', 'a=y'], /as a value and as a file/],
    [['a=y', 'a=@x'], /as a value and as a file/],
    [['a=-', 'a=-'], /only one can/],
    [['a=-', 'b=-'], /only one can/],
  ])('refuses %j', (given, message) => {
    expect(() => parseTaskInputs(given)).toThrow(
      expect.objectContaining({ code: 'KAZE_CLI_USAGE', message: expect.stringMatching(message) }),
    );
  });
});
