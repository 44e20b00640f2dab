import { errors } from 'jose';
import { isKazeError, type KazeError } from '#platform';
import { governanceError } from '../../../errors.ts';

/**
 * What the library refuses, in our codes. Nothing of the token is repeated, and nothing of what is configured: whoever
 * holds a wrong token learns what is wrong with it, not what a right one would say.
 */
export function verificationError(error: unknown): KazeError {
  if (isKazeError(error)) return error;
  if (error instanceof errors.JWTExpired) {
    return governanceError('KAZE_AUTH_EXPIRED', 'the token has expired; get a new one from its issuer');
  }
  if (error instanceof errors.JWTClaimValidationFailed) return claimError(error.claim, error.reason);
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return governanceError('KAZE_AUTH_ALGORITHM', 'the token is signed with an algorithm that this cell does not take');
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return governanceError('KAZE_AUTH_SIGNATURE', 'the signature of the token is not of any key of the issuer');
  }
  if (
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JOSENotSupported
  ) {
    return governanceError('KAZE_AUTH_MALFORMED', 'the token is no signed JSON Web Token');
  }
  const message = 'the keys of the identity provider cannot be had, so no token of it can be checked';
  return governanceError('KAZE_AUTH_KEYS', message, { cause: error });
}

function claimError(claim: string, reason: string): KazeError {
  const fields = { claim };
  if (reason === 'missing') {
    return governanceError('KAZE_AUTH_CLAIM', `the claim ${claim} of the token is missing`, { fields });
  }
  if (claim === 'aud') {
    return governanceError('KAZE_AUTH_AUDIENCE', 'the token was made for another audience than this cell', { fields });
  }
  if (claim === 'iss') {
    return governanceError('KAZE_AUTH_ISSUER', 'the token is of another issuer than this cell trusts', { fields });
  }
  if (claim === 'nbf') {
    return governanceError('KAZE_AUTH_NOT_YET', 'the token is not valid yet; look at the clocks', { fields });
  }
  return governanceError('KAZE_AUTH_CLAIM', `the claim ${claim} of the token cannot be used`, { fields });
}
