import { defineErrors } from '#platform';

export const journalError = defineErrors({
  KAZE_JOURNAL_UNAVAILABLE: {
    kind: 'environment',
    status: 503,
    retryable: true,
    when: 'An attempt could not be written to the local journal before it was sent, so it was not sent.',
    remedy: 'Free space on the disk under the journal, or mend its permissions.',
  },
  KAZE_JOURNAL_FULL: {
    kind: 'environment',
    status: 503,
    retryable: true,
    when: 'The ledger took no rows for so long that the journal reached its largest size.',
    remedy: 'Look after the ledger; the journal empties itself into it.',
  },
});
