import canonicalize from 'canonicalize';
import { contentHash } from '../../../ids.ts';
import type { AuditEntry, AuditRecord } from '../../../ports/ledger.ts';

/** `previousHash` of the first record. */
export const GENESIS = '0'.repeat(64);

export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

export const EMPTY_CHAIN: ChainHead = { sequence: 0, hash: GENESIS };

export function nextRecord(head: ChainHead, entry: AuditEntry): AuditRecord {
  const unsigned = { ...entry, sequence: head.sequence + 1, previousHash: head.hash };
  return { ...unsigned, hash: hashOf(unsigned) };
}

/** Why the record cannot stand after the head, or undefined when it does. */
export function misfit(head: ChainHead, record: AuditRecord): string | undefined {
  const { hash, ...unsigned } = record;
  if (record.sequence !== head.sequence + 1) return `record ${head.sequence + 1} is missing`;
  if (record.previousHash !== head.hash) return 'it does not name the hash of the record before it';
  return hashOf(unsigned) === hash ? undefined : 'its content does not fit its hash';
}

/** SHA-256 over the canonical JSON (RFC 8785) of everything but the hash itself. */
function hashOf(unsigned: Omit<AuditRecord, 'hash'>): string {
  const text = canonicalize(unsigned);
  if (text === undefined) throw new TypeError('an audit record has no JSON form');
  return contentHash(text);
}
