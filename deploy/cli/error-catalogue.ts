import { defineErrors } from '#platform';
import { CLI_ERRORS } from './errors.ts';

/** Registers the codes of the command line with the catalogue; for the error page and the test of its completeness. */
export const registerCliErrors = (): void => void defineErrors(CLI_ERRORS);
