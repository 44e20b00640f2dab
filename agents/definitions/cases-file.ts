/** A file with the cases of a skill, `<skill>.cases.yaml`, beside the skill's own; its fixtures lie in `<skill>.cases/`. */
export const CASES_FILE = /\.cases\.ya?ml$/;
