import { extname } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.md': 'text/markdown',
  '.markdown': 'text/markdown',
  '.html': 'text/html',
  '.htm': 'text/html',
  '.pdf': 'application/pdf',
  '.csv': 'text/csv',
  '.tsv': 'text/tab-separated-values',
  '.txt': 'text/plain',
};

/** Endings of the files that a cell reads. */
export const READABLE: readonly string[] = Object.keys(TYPES);

export const isReadable = (name: string): boolean => extname(name).toLowerCase() in TYPES;

/** By its ending; what it really is, the cell finds out. */
export const contentTypeOf = (name: string): string => TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream';
