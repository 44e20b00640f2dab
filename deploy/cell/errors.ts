import { defineErrors } from '#platform';

export const cellError = defineErrors({
  KAZE_BACKUP_DAMAGED: {
    kind: 'caller',
    status: 400,
    when: 'An archive is no backup of Kaze, is cut short, or its contents do not fit its own counts.',
    remedy: 'Use another backup; nothing was kept of this one.',
  },
  KAZE_BACKUP_NEWER: {
    kind: 'caller',
    status: 400,
    when: 'A backup was written by a newer Kaze than this one.',
    remedy: 'Restore it with that version.',
  },
  KAZE_RESTORE_NOT_EMPTY: {
    kind: 'caller',
    status: 409,
    when: 'A restore was asked for into a data folder or servers that hold a graph or a ledger already.',
    remedy: 'Restore into a new folder (--data) or empty databases; a restore never replaces anything.',
  },
  KAZE_RESTORE_UNFINISHED: {
    kind: 'environment',
    status: 500,
    when: 'A restore into this data folder was interrupted, so what it holds is not whole.',
    remedy: 'Remove the folder (and empty the databases of a clustered cell), then restore again.',
  },
  KAZE_SECRETS_KEY_MISSING: {
    kind: 'caller',
    status: 400,
    when: 'A secret was to be written or listed and the key of the secrets file is not given.',
    remedy: 'Set KAZE_SECRETS_KEY, or KAZE_SECRETS_KEY_FILE to a file outside of the data folder.',
  },
  KAZE_CELL_TOKEN_REVOKED: {
    kind: 'caller',
    status: 409,
    when: 'KAZE_API_TOKEN holds a token that was revoked, by hand or because another one took its place.',
    remedy: 'Set a new one; a revoked token never comes back.',
  },
  KAZE_CELL_PORT_TAKEN: {
    kind: 'environment',
    status: 500,
    when: 'Another program listens on the port.',
    remedy: 'Choose another with --port, or end that program.',
  },
});
