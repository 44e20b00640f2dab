import { createCipheriv, createDecipheriv, createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { platformErrors } from '../../../errors-platform.ts';

/**
 * The file's form: JSON with everything that opening needs but the key. One scrypt of the key and the salt gives two
 * keys: one for AES-256-GCM, one that only proves whether the key given is the right one, so that a wrong key and a
 * damaged file are told apart. All fields outside of the ciphertext are authenticated with it.
 */
interface Envelope {
  readonly format: 'kaze-secrets';
  readonly version: 1;
  readonly kdf: {
    readonly name: 'scrypt';
    readonly N: number;
    readonly r: number;
    readonly p: number;
    readonly salt: string;
  };
  readonly check: string;
  readonly nonce: string;
  readonly tag: string;
  readonly ciphertext: string;
}

/** 128 * N * r = 32 MiB and some 100 ms, once per opening and writing. */
const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const MAX_MEMORY = 64 * 1024 * 1024;

export async function seal(plain: string, password: string): Promise<string> {
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const keys = await deriveKeys(password, salt);
  const kdf = { name: 'scrypt' as const, ...COST, salt: salt.toString('base64') };
  const header = { format: 'kaze-secrets' as const, version: 1 as const, kdf, check: keyCheck(keys.check) };
  const cipher = createCipheriv('aes-256-gcm', keys.cipher, nonce);
  cipher.setAAD(Buffer.from(JSON.stringify(header)));
  const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  const envelope: Envelope = {
    ...header,
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    ciphertext: ciphertext.toString('base64'),
  };
  return `${JSON.stringify(envelope, null, 2)}\n`;
}

/** Errors: KAZE_SECRETS_KEY_WRONG, KAZE_SECRETS_TAMPERED. */
export async function unseal(text: string, password: string, file: string): Promise<string> {
  const envelope = parse(text, file);
  const keys = await deriveKeys(password, Buffer.from(envelope.kdf.salt, 'base64'));
  if (!timingSafeEqual(Buffer.from(keyCheck(keys.check)), Buffer.from(envelope.check))) {
    throw platformErrors('KAZE_SECRETS_KEY_WRONG', `the key given does not open the secrets file ${file}`, {
      fields: { file },
    });
  }
  const { format, version, kdf, check } = envelope;
  try {
    const decipher = createDecipheriv('aes-256-gcm', keys.cipher, Buffer.from(envelope.nonce, 'base64'), {
      authTagLength: 16,
    });
    decipher.setAAD(Buffer.from(JSON.stringify({ format, version, kdf, check })));
    decipher.setAuthTag(Buffer.from(envelope.tag, 'base64'));
    const plain = Buffer.concat([decipher.update(Buffer.from(envelope.ciphertext, 'base64')), decipher.final()]);
    return plain.toString('utf8');
  } catch {
    throw tampered(file);
  }
}

function parse(text: string, file: string): Envelope {
  let value: Partial<Envelope> | null;
  try {
    value = JSON.parse(text) as Partial<Envelope> | null;
  } catch {
    throw tampered(file);
  }
  const { kdf } = value ?? {};
  const sound =
    value?.format === 'kaze-secrets' &&
    value.version === 1 &&
    // Only what this program writes: a file must not choose how much memory opening it takes.
    kdf?.name === 'scrypt' &&
    kdf.N === COST.N &&
    kdf.r === COST.r &&
    kdf.p === COST.p &&
    [kdf.salt, value.nonce, value.tag, value.ciphertext].every((part) => typeof part === 'string') &&
    typeof value.check === 'string' &&
    /^[0-9a-f]{64}$/.test(value.check);
  if (!sound) throw tampered(file);
  const { name, N, r, p, salt } = kdf;
  return { ...(value as Envelope), kdf: { name, N, r, p, salt } };
}

function deriveKeys(password: string, salt: Buffer): Promise<{ cipher: Buffer; check: Buffer }> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 64, { ...COST, maxmem: MAX_MEMORY }, (error, derived) => {
      if (error) reject(error);
      else resolve({ cipher: derived.subarray(0, 32), check: derived.subarray(32) });
    });
  });
}

function keyCheck(key: Buffer): string {
  return createHmac('sha256', key).update('kaze-secrets key check').digest('hex');
}

function tampered(file: string): Error {
  const message = `the secrets file ${file} is damaged or was altered: its content does not pass its authentication`;
  return platformErrors('KAZE_SECRETS_TAMPERED', message, { fields: { file } });
}
