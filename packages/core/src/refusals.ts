/** What a refusal tells the client: all of it fixed text, none of it from the request or the token. */
export interface RefusalEntry {
  readonly status: 400 | 401 | 403 | 404
  /** Of RFC 6750, section 3.1, RFC 9449, section 7.1, or RFC 9470, section 3; absent where the request carried no credentials. */
  readonly error?:
    | 'insufficient_scope'
    | 'insufficient_user_authentication'
    | 'invalid_dpop_proof'
    | 'invalid_request'
    | 'invalid_token'
    | 'use_dpop_nonce'
  readonly description: string
}

/**
 * Every reason to refuse a request, about in the order in which a request meets them.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3.1 RFC 6750, section 3.1}
 */
export const REFUSALS = {
  ERR_TLS_REQUIRED: {
    status: 400,
    error: 'invalid_request',
    description: 'Access tokens are accepted over TLS only',
  },
  ERR_CREDENTIALS_MISSING: {
    status: 401,
    description: 'The request carries no access token',
  },
  ERR_CREDENTIALS_REPEATED: {
    status: 400,
    error: 'invalid_request',
    description: 'The request carries credentials more than once',
  },
  ERR_CREDENTIALS_MALFORMED: {
    status: 400,
    error: 'invalid_request',
    description: 'The credentials are not one well-formed access token',
  },
  ERR_TOKEN_TOO_LARGE: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is larger than this resource server accepts',
  },
  ERR_TOKEN_ENCRYPTED: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is encrypted, which this resource server does not accept',
  },
  ERR_TOKEN_MALFORMED: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is not a well-formed JWT',
  },
  ERR_TOKEN_HEADER: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token has a header parameter that this resource server does not accept',
  },
  ERR_TOKEN_ISSUER: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is of an issuer that this resource server does not accept',
  },
  ERR_TOKEN_TYPE: {
    status: 401,
    error: 'invalid_token',
    description: 'The token is not an access token',
  },
  ERR_TOKEN_ALGORITHM: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is signed with an algorithm that this resource server does not accept',
  },
  ERR_TOKEN_KEY: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is not signed with a key that its issuer publishes',
  },
  ERR_TOKEN_SIGNATURE: {
    status: 401,
    error: 'invalid_token',
    description: 'The signature of the access token is not valid',
  },
  ERR_TOKEN_INACTIVE: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is not active',
  },
  ERR_TOKEN_CLAIM_MISSING: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token lacks a required claim',
  },
  ERR_TOKEN_CLAIM_INVALID: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token has a claim of the wrong type or value',
  },
  ERR_TOKEN_AUDIENCE: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is meant for another resource server',
  },
  ERR_TOKEN_EXPIRED: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token expired',
  },
  ERR_TOKEN_NOT_YET_VALID: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is not valid yet',
  },
  ERR_TOKEN_TOO_OLD: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token was issued too long ago',
  },
  ERR_TOKEN_SENDER_CONSTRAINED: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is bound to a key and cannot be used as a Bearer token',
  },
  ERR_TOKEN_NOT_BOUND: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is not bound to its holder, as this request needs it',
  },
  ERR_CERTIFICATE_MISSING: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is bound to a client certificate, and there is none',
  },
  ERR_CERTIFICATE_BINDING: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is bound to another client certificate',
  },
  ERR_PROOF_MISSING: {
    status: 401,
    error: 'invalid_dpop_proof',
    description: 'The request carries no DPoP proof',
  },
  ERR_PROOF_REPEATED: {
    status: 401,
    error: 'invalid_dpop_proof',
    description: 'The request carries more than one DPoP proof',
  },
  ERR_PROOF_MALFORMED: {
    status: 401,
    error: 'invalid_dpop_proof',
    description: 'The DPoP proof is not a well-formed JWT with all the claims that it needs',
  },
  ERR_PROOF_HEADER: {
    status: 401,
    error: 'invalid_dpop_proof',
    description: 'The DPoP proof has a type, a key or a header parameter that is not accepted',
  },
  ERR_PROOF_ALGORITHM: {
    status: 401,
    error: 'invalid_dpop_proof',
    description: 'The DPoP proof is signed with an algorithm that this resource server does not accept',
  },
  ERR_PROOF_SIGNATURE: {
    status: 401,
    error: 'invalid_dpop_proof',
    description: 'The signature of the DPoP proof is not valid',
  },
  ERR_PROOF_TARGET: {
    status: 401,
    error: 'invalid_dpop_proof',
    description: 'The DPoP proof is for another method or another URI',
  },
  ERR_PROOF_TIME: {
    status: 401,
    error: 'invalid_dpop_proof',
    description: 'The DPoP proof was not made just now',
  },
  ERR_PROOF_NONCE: {
    status: 401,
    error: 'use_dpop_nonce',
    description: 'The DPoP proof needs the nonce that comes with this response',
  },
  ERR_PROOF_TOKEN: {
    status: 401,
    error: 'invalid_dpop_proof',
    description: 'The DPoP proof is for another access token',
  },
  ERR_TOKEN_KEY_BINDING: {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is bound to another key than that of the DPoP proof',
  },
  ERR_PROOF_REPLAYED: {
    status: 401,
    error: 'invalid_dpop_proof',
    description: 'The DPoP proof was used before',
  },
  ERR_AUTHENTICATION_INSUFFICIENT: {
    status: 401,
    error: 'insufficient_user_authentication',
    description: 'The user has to be authenticated in another way, or again',
  },
  ERR_SCOPE_INSUFFICIENT: {
    status: 403,
    error: 'insufficient_scope',
    description: 'The access token does not carry a required scope',
  },
  ERR_AUTHORIZATION_DETAILS_INSUFFICIENT: {
    status: 403,
    error: 'insufficient_scope',
    description: 'The access token does not carry the required authorization details',
  },
  ERR_CLAIMS_INSUFFICIENT: {
    status: 403,
    error: 'insufficient_scope',
    description: 'The access token does not allow this request',
  },
} as const

/** Stable code of a refusal, for `switch`, logs and metrics. */
export type RefusalCode = keyof typeof REFUSALS

/** Every reason why a verdict cannot be reached, for the operator alone: none of these texts is sent. */
export const OUTAGES = {
  ERR_AUTHORIZATION_SERVER_UNREACHABLE: 'The authorization server did not answer',
  ERR_AUTHORIZATION_SERVER_RESPONSE: 'The authorization server gave an answer that cannot be used',
  ERR_METADATA_INVALID: 'The authorization server metadata cannot be used',
  ERR_KEY_SET_INVALID: 'The key set of the authorization server cannot be used',
  ERR_KEY_SEARCH_LIMIT: 'The key of a new access token cannot be looked for now',
  ERR_INTROSPECTION_REFUSED:
    'The introspection endpoint refuses this resource server; check the option introspection, and its registration',
  ERR_INTROSPECTION_CREDENTIALS: 'There are no credentials for the introspection endpoint',
  ERR_INTROSPECTION_RESPONSE: 'The introspection endpoint gave a signed answer that cannot be believed',
  ERR_INTROSPECTION_BUSY: 'An access token has to wait for too long before it can be introspected',
  ERR_REPLAY_STORE: 'It cannot be told whether a DPoP proof was used before',
  ERR_ISSUER_LOOKUP: 'resolveAuthorizationServer failed',
} as const

/** Stable code of an outage, for `switch`, logs and metrics. */
export type OutageCode = keyof typeof OUTAGES
