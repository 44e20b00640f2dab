/** What an identity provider says about whoever holds a token; only to be believed once the signature was checked. */
export interface VerifiedClaims {
  /** `iss`, the one that is configured. */
  readonly issuer: string;
  /** `sub`: whom the token stands for, as the issuer names them. */
  readonly subject: string;
  /** All claims of the token, as they stand in it. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Checks signed tokens of one issuer. */
export interface TokenVerifier {
  /**
   * Signature first, then issuer, audience and times: what is said of a token is only said of one that the issuer made.
   * Errors: KAZE_AUTH_MALFORMED, _ALGORITHM, _SIGNATURE, _ISSUER, _AUDIENCE, _EXPIRED, _NOT_YET, _CLAIM, _KEYS.
   */
  verify(token: string): Promise<VerifiedClaims>;
}
