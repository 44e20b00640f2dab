/**
 * Signed tokens (JWT, RFC 7519) checked against the issuer's public keys (JWKS, RFC 7517), with `jose`. The keys come from
 * an address, and are got again when they are old or when a token names a key that is not among them, at most once in
 * `cooldownMs`; or from a file, read again when it changed.
 *
 * @example
 * const verifier = await createJwksVerifier({ issuer, audience: ['kaze'], keys: { url }, algorithms: ['RS256'], clock });
 */
import { errors, type JWTVerifyOptions, type JWTVerifyResult, jwtVerify } from 'jose';
import type { Clock } from '#platform';
import { governanceError } from '../../../errors.ts';
import type { TokenVerifier } from '../../../ports/token-verifier.ts';
import { verificationError } from './errors.ts';
import { type KeySet, keysFromFile, keysFromUrl } from './keys.ts';

export interface JwksVerifierOptions {
  /** `iss` of every token, exactly. */
  readonly issuer: string;
  /** One of them must be in `aud`. */
  readonly audience: readonly string[];
  readonly keys: { readonly url: string } | { readonly file: string };
  /** Of ALGORITHMS; a token signed otherwise is refused, whatever key it names. */
  readonly algorithms: readonly string[];
  /** How far the issuer's clock may be from ours, milliseconds. Default 60,000. */
  readonly clockSkewMs?: number;
  /** Least time between two looks for a key that is not there, milliseconds. Default 30,000. */
  readonly cooldownMs?: number;
  /** How long keys are trusted without asking again, milliseconds. Default 600,000. */
  readonly keysMaxAgeMs?: number;
  /** How long the issuer may take to answer, milliseconds. Default 5,000. */
  readonly timeoutMs?: number;
  readonly clock: Clock;
}

/** Errors: KAZE_AUTH_KEYS when a file of keys cannot be read. An address is first asked when a token comes. */
export async function createJwksVerifier(options: JwksVerifierOptions): Promise<TokenVerifier> {
  const { issuer, audience, algorithms, clock, clockSkewMs = 60_000 } = options;
  const { cooldownMs = 30_000, keysMaxAgeMs = 600_000, timeoutMs = 5_000 } = options;
  const keys =
    'url' in options.keys
      ? keysFromUrl(options.keys.url, { cooldownMs, keysMaxAgeMs, timeoutMs, clock })
      : await keysFromFile(options.keys.file);

  async function check(token: string): Promise<JWTVerifyResult> {
    const rules: JWTVerifyOptions = {
      issuer,
      audience: [...audience],
      algorithms: [...algorithms],
      clockTolerance: clockSkewMs / 1_000,
      currentDate: new Date(clock.now()),
      requiredClaims: ['sub', 'exp'],
    };
    try {
      return await jwtVerify(token, keys, rules);
    } catch (error) {
      // Keys without ids: the one that fits is found by trying.
      if (error instanceof errors.JWKSMultipleMatchingKeys) return firstThatFits(token, rules, error);
      throw error;
    }
  }

  return {
    async verify(token) {
      let verified: JWTVerifyResult;
      try {
        verified = await check(token);
      } catch (error) {
        throw verificationError(error);
      }
      const { payload } = verified;
      if (typeof payload.sub !== 'string' || payload.sub === '' || payload.sub.length > 1_000) {
        const message = 'the claim sub of the token is no text of 1 to 1000 characters';
        throw governanceError('KAZE_AUTH_CLAIM', message, { fields: { claim: 'sub' } });
      }
      return { issuer, subject: payload.sub, claims: payload };
    },
  };
}

async function firstThatFits(
  token: string,
  rules: JWTVerifyOptions,
  matching: InstanceType<typeof errors.JWKSMultipleMatchingKeys>,
): Promise<JWTVerifyResult> {
  for await (const key of matching as AsyncIterable<Parameters<KeySetKey>[0]>) {
    try {
      return await jwtVerify(token, key, rules);
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}

type KeySetKey = (key: Awaited<ReturnType<KeySet>>) => void;
