import { describe, expect, it } from 'vitest';
import { errorCatalogue } from '#platform';
import { registerCliErrors } from '../../../../deploy/cli/error-catalogue.ts';
import { CLI_ERRORS } from '../../../../deploy/cli/errors.ts';
import { EXIT_MEANINGS, exitCodeOf } from '../../../../deploy/cli/exit-codes.ts';

describe('exit codes', () => {
  it.each([
    ['KAZE_CLI_USAGE', 2],
    ['KAZE_CLI_FILE', 2],
    ['KAZE_CONFIG_INVALID', 2],
    ['KAZE_TASK_INPUT', 2],
    ['KAZE_CLI_NO_CELL', 4],
    ['KAZE_API_UNAUTHENTICATED', 5],
    ['KAZE_API_FORBIDDEN', 5],
    ['KAZE_GRAPH_FORBIDDEN', 5],
    ['KAZE_CLI_NO_CREDENTIAL', 5],
    ['KAZE_API_NOT_FOUND', 6],
    ['KAZE_AGENT_UNKNOWN', 6],
    ['KAZE_CLI_INTERRUPTED', 130],
    ['KAZE_TASK_STATE', 1],
    ['KAZE_API_INTERNAL', 1],
  ])('%s ends with %i', (code, exit) => {
    expect(exitCodeOf(code)).toBe(exit);
  });

  it('are all explained, each once', () => {
    const codes = EXIT_MEANINGS.map(([code]) => code);
    expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6, 130]);
  });
});

describe('the error codes of the command line', () => {
  it('reach the catalogue', () => {
    registerCliErrors();
    const known = new Set(errorCatalogue().map(([code]) => code));
    expect(Object.keys(CLI_ERRORS).filter((code) => !known.has(code))).toEqual([]);
  });
});
