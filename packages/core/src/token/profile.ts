import { deepFreeze } from '../json.js'
import type { AccessTokenClaims } from './claims.js'

/** A claim of RFC 9068 that some authorization servers leave out. */
export type OptionalClaim = 'client_id' | 'iat' | 'jti' | 'sub'

/** Where the scopes of a token are: in a claim, in the first of several that is present, or wherever a function says. */
export type ScopesFrom =
  string | readonly string[] | ((claims: AccessTokenClaims) => Iterable<string> | undefined)

/**
 * In what the access tokens of an authorization server differ from RFC 9068. What is left out here is as the RFC has
 * it; signature, issuer, audience and lifetime are checked in any case.
 *
 * As soon as `typ` accepts more than `at+jwt`, tokens with claims that only ID tokens, logout tokens, security events
 * or introspection responses have are refused (but for `nonce`, where `requiredClaims` holds the claim that says the
 * kind of the token, `typ` or `token_use`).
 */
export interface AccessTokenProfile {
  /** Accepted `typ` header values; `null` stands for a header without `typ`. Default: `['at+jwt']`. */
  readonly typ?: readonly ('at+jwt' | 'JWT' | null)[]
  /** Claims of RFC 9068, section 2.2, that may be absent. Default: none. */
  readonly optionalClaims?: readonly OptionalClaim[]
  /** Claim that names the client; of several, the first present one. Default: `client_id`. */
  readonly clientIdClaim?: string | readonly string[]
  /** Claim that holds the audience of tokens without `aud`. Default: `aud`, which is then required. */
  readonly audienceClaim?: 'aud' | 'client_id'
  /** Where the scopes are. Default: `scope`, as a string; where set, also as an array. */
  readonly scopesFrom?: ScopesFrom
  /** Claims that must have exactly this value. Default: none. */
  readonly requiredClaims?: Readonly<Record<string, string>>
}

/** Name of a ready profile. */
export type ProfileName = 'auth0' | 'cognito' | 'entra-id' | 'keycloak' | 'okta' | 'rfc9068'

/**
 * Ready profiles, from the access tokens that each server documents.
 *
 * - `auth0`: the default dialect (`typ` is `JWT`, `azp` for `client_id`, no `jti`). For the RFC 9068 dialect use `rfc9068`.
 * - `cognito`: no `typ`; no `aud` unless the client asked for a resource, so that the audience is the app client, in
 *   `client_id`; `token_use` must be `access`.
 * - `entra-id`: `typ` is `JWT`, `azp` (v2.0) or `appid` (v1.0) for `client_id`, `scp` (users) or else `roles`
 *   (applications) for scopes, no `jti`.
 * - `keycloak`: `typ` is `JWT`, the claim `typ` is `Bearer`, `azp` for `client_id`.
 * - `okta`: custom authorization servers: no `typ`, `cid` for `client_id`, `scp` for scopes.
 * - `rfc9068`: the standard, and the default.
 */
export const PROFILES: Readonly<Record<ProfileName, AccessTokenProfile>> = deepFreeze({
  auth0: { typ: ['JWT', 'at+jwt'], optionalClaims: ['jti'], clientIdClaim: ['azp', 'client_id'] },
  cognito: {
    typ: [null],
    audienceClaim: 'client_id',
    requiredClaims: { token_use: 'access' },
  },
  'entra-id': {
    typ: ['JWT'],
    optionalClaims: ['jti'],
    clientIdClaim: ['azp', 'appid'],
    scopesFrom: ['scp', 'roles'],
  },
  keycloak: {
    typ: ['JWT', 'at+jwt'],
    clientIdClaim: ['azp', 'client_id'],
    requiredClaims: { typ: 'Bearer' },
  },
  okta: { typ: [null, 'at+jwt'], clientIdClaim: ['cid'], scopesFrom: ['scp'] },
  rfc9068: {},
})
