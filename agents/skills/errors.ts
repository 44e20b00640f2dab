import { defineErrors } from '#platform';

export const skillErrors = defineErrors({
  KAZE_SKILL_INPUT_MISSING: {
    kind: 'caller',
    status: 422,
    when: 'A task lacks an input without which its skill has nothing to work on.',
    remedy: 'Give the named input; `kaze skills show NAME` lists what a skill takes.',
  },
  KAZE_SKILL_INPUT_INVALID: {
    kind: 'caller',
    status: 422,
    when: 'An input has the wrong kind (text, file or data), is empty, or holds other columns or fields than the skill reads.',
    remedy: 'Give the input as the message says; the page of the skill shows a sample.',
  },
  KAZE_SKILL_DATA_INSUFFICIENT: {
    kind: 'caller',
    status: 422,
    when: 'The inputs are readable and cannot support what the skill would have to claim: too few cases, one outcome only, or nothing better than chance.',
    remedy: 'Give what the message names: a longer period, the missing cases, or fields that say more.',
  },
  KAZE_SKILL_EDIT_REFUSED: {
    kind: 'caller',
    status: 422,
    when: 'An edit at approval breaks a rule of the skill: a report said a number without its source, or a form that is drawn from another was edited.',
    remedy: 'Edit as the message says; it names each line. Nothing was decided yet.',
  },
  KAZE_SKILL_NUMBER_UNSOURCED: {
    kind: 'internal',
    status: 500,
    when: 'A report was about to print a number that names no source.',
    remedy: 'Report it: the skill that wrote the report is at fault, and no report was made.',
  },
});
