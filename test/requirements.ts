/** A requirement of a standard: where it stands, how strong it is, and what it asks of a resource server. */
export interface Requirement {
  readonly section: string
  readonly level: string
  readonly text: string
}

/**
 * Every requirement that tests stand for, by its id: `<RFC>-<section>-<letter>`. An id is retired, never used again.
 *
 * Name the id in the test (`rule('6750-2-a', …)`); `meta.test.ts` fails where an id has no test, or a test an unknown id.
 */
export const REQUIREMENTS = {
  // RFC 6750 — Bearer token usage
  '6750-2-a': {
    section: '2',
    level: 'MUST',
    text: 'Refuse a request that carries the token by more than one *enabled* method (header+form, header+query, form+query); methods switched off are simply not looked at',
  },
  '6750-2.1-a': {
    section: '2.1',
    level: 'MUST',
    text: 'Support the Authorization: Bearer header; it is the only mandatory method',
  },
  '6750-2.1-b': {
    section: '2.1',
    level: 'MUST',
    text: 'Credentials are scheme, one or more SP, then a b64token [A-Za-z0-9-._~+/]+=* and nothing else',
  },
  '6750-2.1-c': {
    section: '2.1',
    level: 'SHOULD',
    text: 'Scheme present but token missing is a malformed request',
  },
  '6750-2.2-a': {
    section: '2.2',
    level: 'MAY',
    text: 'Form-body token is optional for the RS; keep it off by default',
  },
  '6750-2.2-b': {
    section: '2.2',
    level: 'MUST',
    text: 'When enabled, accept only application/x-www-form-urlencoded, single-part',
  },
  '6750-2.2-c': {
    section: '2.2',
    level: 'MUST',
    text: 'When enabled, ignore body tokens on methods without defined body semantics; GET is never allowed',
  },
  '6750-2.2-d': { section: '2.2', level: 'MUST', text: 'Encoded content must be pure ASCII' },
  '6750-2.2-e': {
    section: '2.2',
    level: 'MUST',
    text: 'charset parameter or case of the media type must not defeat detection',
  },
  '6750-2.3-a': {
    section: '2.3',
    level: 'MAY',
    text: 'Query token is optional and discouraged; off by default',
  },
  '6750-2.3-b': {
    section: '2.3',
    level: 'SHOULD',
    text: 'When enabled, 2xx responses carry Cache-Control: private',
  },
  '6750-2.3-d': {
    section: '2.3',
    level: 'SHOULD',
    text: 'access_token repeated in the query or body is a repeated parameter',
  },
  '6750-3-a': {
    section: '3',
    level: 'MUST',
    text: 'Always send WWW-Authenticate when credentials are absent or the token does not enable access (so also on 403)',
  },
  '6750-3-b': {
    section: '3',
    level: 'MUST',
    text: 'Challenge uses scheme Bearer followed by at least one auth-param',
  },
  '6750-3-c': {
    section: '3',
    level: 'MUST',
    text: 'realm, scope, error, error_description, error_uri each at most once per challenge',
  },
  '6750-3-d': {
    section: '3',
    level: 'MUST',
    text: 'scope value: scope-tokens from %x21,%x23-5B,%x5D-7E separated by single SP; order irrelevant, case-sensitive',
  },
  '6750-3-e': { section: '3', level: 'SHOULD', text: 'Token presented but rejected → include error' },
  '6750-3-f': {
    section: '3',
    level: 'MUST',
    text: 'error/error_description limited to %x20-21,%x23-5B,%x5D-7E (no quote, backslash, CTL, non-ASCII)',
  },
  '6750-3-g': {
    section: '3',
    level: 'MUST',
    text: 'error_uri is an absolute URI of the same restricted set',
  },
  '6750-3-h': {
    section: '3',
    level: 'ADVICE',
    text: 'error_description is for developers: no secrets, no token content, no key ids of other tenants',
  },
  '6750-3.1-a': { section: '3.1', level: 'SHOULD', text: 'invalid_request → 400' },
  '6750-3.1-b': {
    section: '3.1',
    level: 'SHOULD',
    text: 'invalid_token → 401 for expired, revoked, malformed or otherwise invalid',
  },
  '6750-3.1-c': {
    section: '3.1',
    level: 'SHOULD',
    text: 'insufficient_scope → 403, MAY carry the needed scope',
  },
  '6750-3.1-d': { section: '3.1', level: 'SHOULD', text: 'No authentication information → no error* at all' },
  '6750-3.1-e': {
    section: '3.1',
    level: 'SHOULD',
    text: 'Unsupported scheme counts as "no authentication information"',
  },
  '6750-3.1-f': {
    section: '3.1',
    level: 'MAY',
    text: 'Client may fetch a new token and retry after invalid_token',
  },
  '6750-5.2-a': {
    section: '5.2',
    level: 'MUST',
    text: 'Tokens travel only over TLS; TLS-terminating proxies need a protected hop',
  },
  '6750-5.2-b': {
    section: '5.2; 9700 2.3',
    level: 'MUST',
    text: 'A token for another resource server is refused (token redirect)',
  },
  '6750-5.3-a': {
    section: '5.3',
    level: 'MUST',
    text: 'Do not take bearer tokens from cookies that can be sent in clear; if cookies are used CSRF protection is needed',
  },
  // RFC 9110 §11 (obsoletes RFC 7235) and RFC 9111 — HTTP authentication framework
  '9110-11.1-a': { section: '11.1', level: 'MUST', text: 'Scheme name is case-insensitive' },
  '9110-11.1-b': { section: '11.1', level: 'MUST', text: 'Scheme must match as a whole token' },
  '9110-11.2-a': {
    section: '11.2',
    level: 'MUST',
    text: 'Param names case-insensitive, each at most once per challenge; values token or quoted-string, BWS around =',
  },
  '9110-11.3-a': {
    section: '11.3',
    level: 'MUST',
    text: 'Several challenges per response and per line; unknown schemes are skipped',
  },
  '9110-11.3-b': {
    section: '11.3 / 11.6.1',
    level: 'SHOULD',
    text: 'Emit one field line per challenge (multi-challenge lines are poorly supported)',
  },
  '9110-11.4-a': {
    section: '11.4 / 15.5.2',
    level: 'SHOULD',
    text: 'Missing/invalid credentials → 401; valid but inadequate → 403',
  },
  '9110-11.5-a': {
    section: '11.5',
    level: 'MUST',
    text: 'realm is emitted only as quoted-string; escape " and \\',
  },
  '9110-11.6.1-a': {
    section: '11.6.1 / 15.5.2',
    level: 'MUST',
    text: 'Every 401 generated carries at least one challenge',
  },
  '9110-11.6.2-a': {
    section: '11.6.2 / 5.3',
    level: 'ADVICE',
    text: 'Authorization is a singleton; duplicates are malformed, must not be silently resolved',
  },
  '9110-15.5.4-a': { section: '15.5.4', level: 'MAY', text: '404 may replace 403 to hide existence' },
  '9111-3.5-a': {
    section: 'RFC 9111 3.5',
    level: 'MUST',
    text: 'Shared caches need explicit permission to reuse authorised responses; middleware must not add public/s-maxage/must-revalidate',
  },
  'cors-a': {
    section: 'Fetch standard',
    level: 'ADVICE',
    text: 'CORS preflight never carries credentials: let OPTIONS preflight pass to the CORS layer',
  },
  'cors-b': {
    section: '9449 7.1 / 8',
    level: 'SHOULD',
    text: 'Browser clients see WWW-Authenticate and DPoP-Nonce only if exposed',
  },
  // RFC 7515 — JWS (with RFC 7797 b64)
  '7515-7.1-a': {
    section: '7.1 / 5.2-1',
    level: 'MUST',
    text: 'Compact serialization has exactly two periods',
  },
  '7515-7.2-a': { section: '7.2', level: 'MUST', text: 'JSON serializations are not JWTs' },
  '7515-2-a': {
    section: '2',
    level: 'MUST',
    text: 'base64url without padding, whitespace, line breaks or other characters',
  },
  '7515-2-b': {
    section: 'RFC 4648 3.5',
    level: 'ADVICE',
    text: 'Reject non-zero spare bits and impossible lengths (len%4==1) so one token has one spelling',
  },
  '7515-4-a': {
    section: '4 / 10.12',
    level: 'MUST',
    text: 'Duplicate header names: reject, or last one wins – never first',
  },
  '7515-4-b': { section: '4', level: 'MUST', text: 'Unknown, non-critical header parameters are ignored' },
  '7515-4.1.1-a': {
    section: '4.1.1',
    level: 'MUST',
    text: 'alg present, string, understood; comparison case-sensitive',
  },
  '7515-4.1.2-a': {
    section: '4.1.2-4.1.8; 9068 4; 8725 3.8',
    level: 'MUST',
    text: 'Keys come from configuration, not from the token: ignore jku, jwk, x5u, x5c, x5t* for trust',
  },
  '7515-4.1.4-a': { section: '4.1.4', level: 'MUST', text: 'kid is a case-sensitive string, only a hint' },
  '7515-4.1.4-b': {
    section: '4.1.4 / App. D',
    level: 'MAY',
    text: 'No kid: try keys compatible with alg/kty/use; bound the number',
  },
  '7515-4.1.9-a': {
    section: '4.1.9',
    level: 'MUST',
    text: 'typ is a media type: compare case-insensitively and treat a value without / as application/…',
  },
  '7515-4.1.10-a': {
    section: '4.1.10',
    level: 'ADVICE',
    text: 'cty: JWT means nested token: refuse unless supported',
  },
  '7515-4.1.11-a': { section: '4.1.11', level: 'MUST', text: 'crit with any name not understood → invalid' },
  '7515-4.1.11-b': {
    section: '4.1.11',
    level: 'MUST',
    text: 'Listed name must also be present in the header',
  },
  '7515-4.1.11-c': {
    section: '4.1.11',
    level: 'MUST',
    text: 'crit is a non-empty array of strings without duplicates; registered names may be rejected',
  },
  '7515-5.2-a': { section: '5.2-3', level: 'MUST', text: 'Header is UTF-8 JSON object' },
  '7515-5.2-b': {
    section: '5.2-8',
    level: 'MUST',
    text: 'Signature is over the received octets, never a re-serialisation',
  },
  '7515-5.2-c': {
    section: '5.2 (end)',
    level: 'SHOULD',
    text: "An alg outside the application's allow-list makes the JWS invalid even if it verifies",
  },
  '7515-10.12-a': { section: '10.12', level: 'MUST', text: 'Trailing data after the JSON value → invalid' },
  '7515-5.2-d': { section: '5.2', level: 'MUST', text: 'Empty or truncated signature never verifies' },
  '7515-impl-a': { section: '–', level: 'ADVICE', text: 'Size limits before decoding' },
  '7797-7-a': { section: 'RFC 7797 7', level: 'MUST', text: 'JWTs never use b64:false' },
  // RFC 7517 / RFC 7638 — JWK, JWKS, thumbprint (remote JWKS behaviour)
  '7517-4-a': {
    section: '4',
    level: 'MUST',
    text: 'Unknown members ignored; duplicate member names reject or last-wins',
  },
  '7517-4.1-a': { section: '4.1', level: 'MUST', text: 'kty required, case-sensitive' },
  '7517-4.2-a': { section: '4.2', level: 'MUST', text: 'use:"enc" key never verifies signatures' },
  '7517-4.3-a': {
    section: '4.3',
    level: 'MUST',
    text: 'key_ops, when present, must contain verify; values case-sensitive, no duplicates',
  },
  '7517-4.3-b': { section: '4.3', level: 'MUST', text: 'use and key_ops together must agree' },
  '7517-4.4-a': {
    section: '4.4 / 8725 3.1',
    level: 'MUST',
    text: 'JWK alg, when present, must equal the JWS alg',
  },
  '7517-4.5-a': {
    section: '4.5',
    level: 'SHOULD',
    text: 'Same kid on several keys is legal: narrow by kty/alg/use/crv, then try',
  },
  '7517-4.7-a': {
    section: '4.6-4.9',
    level: 'MUST',
    text: 'If x5c/x5t are used, first certificate must match the public key members',
  },
  '7517-5-a': { section: '5', level: 'MUST', text: 'JWKS is an object with array keys' },
  '7517-5-b': {
    section: '5',
    level: 'SHOULD',
    text: 'Skip keys with unknown kty, missing members or out-of-range values; do not fail the set',
  },
  '7517-9.2-a': {
    section: '9.2',
    level: 'ADVICE',
    text: 'Private or symmetric material never accepted from a remote JWKS',
  },
  '7517-8.5-a': {
    section: '8.5.2',
    level: 'SHOULD',
    text: 'Accept application/jwk-set+json and application/json',
  },
  'jwks-impl-a': {
    section: '–',
    level: 'ADVICE',
    text: 'Unknown kid → one refetch, guarded by cooldown and single-flight',
  },
  'jwks-impl-b': {
    section: '–',
    level: 'ADVICE',
    text: 'JWKS outage: keep serving with cached keys up to a max age; if none, fail closed with 503 not 401',
  },
  'jwks-impl-c': {
    section: '8414 2 / 8725 3.10',
    level: 'MUST/ADVICE',
    text: 'https only, bounded size/time/redirects, no cookies',
  },
  'jwks-impl-d': {
    section: '–',
    level: 'ADVICE',
    text: 'Keys are stored per issuer; a kid from issuer A never verifies a token of issuer B',
  },
  '7638-3-a': {
    section: 'RFC 7638 3',
    level: 'MUST',
    text: 'Thumbprint = SHA-256 over JSON of only the required members, sorted, no whitespace',
  },
  '7638-3.3-a': {
    section: 'RFC 7638 3.2-3.3',
    level: 'MUST',
    text: 'Required members: EC crv,kty,x,y; RSA e,kty,n; OKP crv,kty,x; oct k,kty',
  },
  // RFC 7518 / RFC 8037 / RFC 9864 — algorithms and key matching
  '7518-3.2-a': { section: '3.2', level: 'MUST', text: 'HS key at least as long as the hash output' },
  '7518-3.2-b': { section: '3.2', level: 'MUST', text: 'MAC comparison in constant time' },
  '7518-3.3-a': { section: '3.3, 3.5', level: 'MUST', text: 'RSA modulus ≥ 2048 bits' },
  '7518-3.4-a': {
    section: '3.4',
    level: 'MUST',
    text: 'ES signature is fixed length R||S: 64/96/132 octets',
  },
  '7518-3.4-b': { section: '3.4', level: 'MUST', text: 'ES256↔P-256, ES384↔P-384, ES512↔P-521 only' },
  '7518-6.2-a': {
    section: '6.2.1.2',
    level: 'MUST',
    text: 'EC coordinates are full width (32/48/66 octets)',
  },
  '7518-6.2-b': { section: '6.2 / 8725 3.4', level: 'MUST', text: 'Point must be on the curve' },
  '7518-3.6-a': { section: '3.6', level: 'MUST', text: 'none never accepted by default, no global switch' },
  '7518-km-a': {
    section: '3.1 / 8725 2.1',
    level: 'MUST',
    text: 'alg family must match key type: HS only with oct, RS/PS only RSA, ES only EC, EdDSA only OKP',
  },
  '7518-3.5-a': {
    section: '3.5',
    level: 'MUST',
    text: 'PS*: MGF1 with same hash, salt length = hash length',
  },
  '8037-3.1-a': {
    section: 'RFC 8037 3.1',
    level: 'MUST',
    text: 'EdDSA needs OKP with Ed25519 or Ed448; X25519 keys never sign',
  },
  '9864-2-a': {
    section: 'RFC 9864',
    level: 'SHOULD',
    text: 'Support fully-specified Ed25519 (and keep EdDSA as a deprecated alias, restricted to Ed25519)',
  },
  '9068-alg-a': { section: '9068 2.1', level: 'MUST', text: 'RS256 has to be in the supported set' },
  // RFC 7519 — JWT claims
  '7519-4-a': { section: '4', level: 'MUST', text: 'Duplicate claim names: reject or last wins' },
  '7519-4.1.1-a': {
    section: '4.1.1',
    level: 'MUST',
    text: 'iss exact case-sensitive string, no URL normalisation',
  },
  '7519-4.1.1-b': { section: '4.1.1', level: 'MUST', text: 'iss must be a string' },
  '7519-4.1.2-a': { section: '4.1.2', level: 'MUST', text: 'sub string when present' },
  '7519-4.1.3-a': {
    section: '4.1.3',
    level: 'MUST',
    text: 'aud may be one string or an array; accept if any member equals one of ours',
  },
  '7519-4.1.3-b': {
    section: '4.1.3',
    level: 'MUST',
    text: 'Exact string equality, no substring/prefix, no case folding',
  },
  '7519-4.1.3-c': { section: '4.1.3', level: 'MUST', text: 'Type checks: array of strings only' },
  '7519-4.1.4-a': { section: '4.1.4', level: 'MUST', text: 'Now must be strictly before exp' },
  '7519-4.1.4-b': { section: '4.1.4', level: 'MUST', text: 'exp is a JSON number; fractions allowed' },
  '7519-4.1.4-c': { section: '4.1.4', level: 'MAY', text: 'Leeway small, at most a few minutes' },
  '7519-4.1.5-a': { section: '4.1.5', level: 'MUST', text: 'Now must be ≥ nbf' },
  '7519-4.1.6-a': { section: '4.1.6', level: 'MUST', text: 'iat is a number; may bound token age' },
  '7519-4.1.6-b': {
    section: '–',
    level: 'ADVICE',
    text: 'iat far in the future: reject beyond leeway (policy, not in RFC)',
  },
  '7519-4.1.7-a': { section: '4.1.7', level: 'MUST', text: 'jti case-sensitive string' },
  '7519-7.2-a': { section: '7.2-10', level: 'MUST', text: 'Claims set is a UTF-8 JSON object' },
  '7519-7.2-b': {
    section: '7.2 / 5.2',
    level: 'MUST',
    text: 'cty:JWT nests: validate inner token too or refuse',
  },
  '7519-6-a': { section: '6', level: 'MUST', text: 'Unsecured JWT not accepted' },
  '7519-impl-a': { section: '–', level: 'ADVICE', text: 'Prototype-pollution-safe claim handling' },
  // RFC 8725 (BCP 225) and its approved successor draft-ietf-oauth-rfc8725bis
  '8725-3.1-a': {
    section: '3.1',
    level: 'MUST',
    text: 'Caller supplies the algorithm allow-list; nothing else is ever used',
  },
  '8725bis-3.1-c': { section: 'bis 3.1', level: 'MUST', text: 'Allowed algs are decided per issuer' },
  '8725-3.2-a': {
    section: '3.2',
    level: 'MUST',
    text: 'Only current algorithms; agility through configuration',
  },
  '8725bis-3.3-b': {
    section: 'bis 3.3',
    level: 'MUST',
    text: 'API separates signed from encrypted; decryption success is not authentication',
  },
  '8725-3.8-a': {
    section: '3.8',
    level: 'MUST',
    text: 'The verifying key must belong to the iss in the token',
  },
  '8725-3.8-b': {
    section: '3.8',
    level: 'MUST',
    text: 'sub must be valid for that issuer; identity = (iss, sub) pair',
  },
  '8725-3.9-a': {
    section: '3.9',
    level: 'MUST',
    text: 'Missing or foreign aud → reject when the issuer serves several parties',
  },
  '8725-3.10-a': { section: '3.10', level: 'SHOULD', text: 'kid,jku,x5u are attacker input' },
  '8725-3.11-a': {
    section: '3.11',
    level: 'RECOMMENDED',
    text: 'Check typ; typ:"JWT" is not effective explicit typing (bis)',
  },
  '8725-3.12-a': {
    section: '3.12',
    level: 'MUST',
    text: 'Validation rules for different JWT kinds of one issuer are mutually exclusive',
  },
  '8725bis-3.13-a': { section: 'bis', level: 'RECOMMENDED', text: 'Cap PBES2 p2c' },
  '8725bis-3.14-a': {
    section: 'bis',
    level: 'MUST',
    text: 'A JWT contains only letters, digits, -, _, .; anything else is not a JWT',
  },
  '8725bis-3.15-a': { section: 'bis', level: 'RECOMMENDED', text: 'Cap JWE decompressed size (≈250 KB)' },
  // RFC 9068 — JWT access-token profile
  '9068-2.1-a': {
    section: '2.1 / 4',
    level: 'MUST',
    text: 'typ is at+jwt or application/at+jwt, anything else rejected',
  },
  '9068-2.2-a': {
    section: '2.2',
    level: 'MUST',
    text: 'Required claims: iss, exp, aud, sub, client_id, iat, jti',
  },
  '9068-2.2-b': {
    section: '2.2',
    level: 'MUST',
    text: 'Types: strings for iss/sub/client_id/jti, numbers for exp/iat, aud string or array',
  },
  '9068-4-a': { section: '4', level: 'MUST', text: 'iss exactly equals the configured/discovered issuer' },
  '9068-4-b': { section: '4', level: 'MUST', text: 'aud contains an identifier the RS expects for itself' },
  '9068-4-c': {
    section: '4',
    level: 'MUST',
    text: 'Signature verified with keys provided by that AS and the header alg (from allow-list)',
  },
  '9068-4-e': { section: '4', level: 'SHOULD', text: 'If encryption was agreed, plain tokens are rejected' },
  '9068-4-f': {
    section: '4',
    level: 'MUST',
    text: 'Every validation failure maps to invalid_token (RFC 6750 3.1), also under DPoP',
  },
  '9068-4-g': {
    section: '4',
    level: 'SHOULD',
    text: 'Authorization claims (scope, roles…) are used together with context',
  },
  '9068-2.2.3-a': {
    section: '2.2.3 / 8693 4.2',
    level: 'SHOULD',
    text: 'scope is one space-separated string; do not accept an array silently as the standard form',
  },
  '9068-2.2.3-b': { section: '2.2.3', level: 'MUST', text: 'Missing scope = no scopes' },
  '9068-2.2.3.1-a': {
    section: '2.2.3.1',
    level: 'SHOULD',
    text: 'groups, roles, entitlements (SCIM shapes: arrays of strings or of objects with value) available for authorization',
  },
  '9068-2.2.1-a': {
    section: '2.2.1',
    level: 'MAY',
    text: 'auth_time, acr, amr describe the authentication and stay fixed across refresh',
  },
  '9068-5-a': {
    section: '5 / 9700 4.15',
    level: 'ADVICE',
    text: 'Client-credentials tokens may have sub = client_id: do not confuse with users',
  },
  '9068-5-b': { section: '5', level: 'MUST', text: 'Distinct aud per resource' },
  '9068-6-a': { section: '6', level: 'MUST', text: 'Client (token source) never parses the access token' },
  // RFC 7662 — introspection
  '7662-2.1-a': { section: '2.1', level: 'MUST', text: 'POST, form-encoded, parameter token' },
  '7662-2.1-b': { section: '2.1', level: 'MAY', text: 'token_type_hint=access_token' },
  '7662-2.1-c': {
    section: '2.1 / 4',
    level: 'MUST',
    text: 'The call is authenticated (client auth or own bearer token)',
  },
  '7662-2-a': { section: '2 / 4', level: 'MUST', text: 'TLS with certificate validation; no http: endpoint' },
  '7662-2.2-a': { section: '2.2', level: 'MUST', text: 'active is a JSON boolean; only true means active' },
  '7662-2.2-b': { section: '2.2', level: 'MUST', text: 'Inactive carries no further data worth using' },
  '7662-2.2-c': { section: '2.2', level: 'MUST', text: 'scope is a space-separated string' },
  '7662-2.2-d': {
    section: '2.2',
    level: 'ADVICE',
    text: 'RS still checks exp, nbf, aud, iss, token_type, cnf locally when present',
  },
  '7662-2.2-e': {
    section: '2.2',
    level: 'ADVICE',
    text: 'Audience expected but aud missing: configurable, default reject',
  },
  '7662-2.2-f': { section: '2.2', level: 'ADVICE', text: 'Numeric claims are integers, not strings' },
  '7662-2.3-a': {
    section: '2.3',
    level: 'ADVICE',
    text: "401 from the endpoint means our credentials failed: it is a server fault, not the caller's",
  },
  '7662-2.3-b': {
    section: '2.3',
    level: 'ADVICE',
    text: '5xx, timeout, network error, non-JSON, wrong content type → fail closed with 503 (+Retry-After)',
  },
  '7662-2.3-c': { section: '2.3', level: 'MUST', text: 'HTTP 200 + active:false is not an error' },
  '7662-4-a': { section: '4', level: 'MUST', text: 'Cached result never used beyond the response exp' },
  '7662-4-b': {
    section: '4',
    level: 'MAY',
    text: 'Positive caching is a liveness trade-off: short default, can be 0',
  },
  '7662-4-c': {
    section: '4',
    level: 'ADVICE',
    text: 'Cache key is a hash of the token plus config (endpoint, hint); negative cache short and bounded',
  },
  '7662-4-d': {
    section: '4',
    level: 'ADVICE',
    text: 'Concurrent identical lookups coalesce, but a failure is not shared beyond the flight',
  },
  '7662-4-e': { section: '4', level: 'MUST', text: 'Token never in a URL or log' },
  '7662-6.2-a': {
    section: '9449 6.2',
    level: 'MUST',
    text: 'cnf.jkt / cnf["x5t#S256"] in the response bind the token exactly like JWT cnf; token_type if present is DPoP for bound tokens',
  },
  // RFC 9701 — JWT response for introspection
  '9701-4-a': { section: '4', level: 'MUST', text: 'Ask with Accept: application/token-introspection+jwt' },
  '9701-5-a': {
    section: '5',
    level: 'MUST',
    text: 'Response content type is application/token-introspection+jwt and JWT typ is token-introspection+jwt',
  },
  '9701-5-b': {
    section: '5',
    level: 'MUST',
    text: 'Require iss = AS issuer, aud = this RS, iat, token_introspection object',
  },
  '9701-5-c': { section: '5', level: 'MUST', text: 'Read members only from inside token_introspection' },
  '9701-5-d': {
    section: '5',
    level: 'SHOULD',
    text: 'No top-level sub/exp; encrypted form must be nested (sign then encrypt)',
  },
  '9701-5-e': {
    section: '5 / 6',
    level: 'MUST',
    text: 'Signature checked with AS keys; alg from registration, default RS256; none refused',
  },
  '9701-5-f': {
    section: '–',
    level: 'ADVICE',
    text: 'When JWT format is required, a plain JSON answer is a downgrade → refuse',
  },
  '9701-8.1-a': {
    section: '8.1',
    level: 'MUST',
    text: 'An introspection JWT presented as access token is refused: check typ and the minimum claims',
  },
  '9701-8.2-a': {
    section: '5 / 8.2',
    level: 'MUST',
    text: 'AS answers 400 to unauthenticated calls: treat as configuration fault',
  },
  // RFC 8414 and OpenID Connect Discovery — AS metadata
  '8414-2-a': { section: '2', level: 'MUST', text: 'Issuer is an https URL without query or fragment' },
  '8414-3-a': {
    section: '3 / 3.1',
    level: 'MUST',
    text: 'Insert /.well-known/oauth-authorization-server between host and path',
  },
  '8414-3.1-a': {
    section: '3.1',
    level: 'MUST',
    text: 'Remove a terminating / of the path before inserting',
  },
  '8414-3.2-a': { section: '3.2', level: 'MUST', text: '200 + application/json object' },
  '8414-3.3-a': {
    section: '3.3 / 6.2',
    level: 'MUST',
    text: 'issuer in the document identical to the configured issuer, else discard everything',
  },
  '8414-2-b': { section: '2', level: 'MUST', text: 'jwks_uri https' },
  '8414-2-d': {
    section: '2',
    level: 'MUST',
    text: 'introspection_endpoint_auth_methods_supported absent → no default, use configuration',
  },
  '8414-4-a': {
    section: '4',
    level: 'MUST',
    text: 'String comparison by code point, no Unicode normalisation',
  },
  '8414-5-a': {
    section: '5',
    level: 'SHOULD',
    text: 'OIDC fallback: try inserted form first, then appended issuer + /.well-known/openid-configuration',
  },
  '8414-5-b': {
    section: 'OIDC Disc. 4, 4.1',
    level: 'MUST',
    text: 'OIDC appends to the issuer after removing a terminating slash',
  },
  '8414-5-c': {
    section: 'OIDC Disc. 4.3',
    level: 'MUST',
    text: 'OIDC issuer must equal the URL used and the iss of tokens',
  },
  '8414-impl-a': {
    section: '–',
    level: 'ADVICE',
    text: 'Never derive the issuer from the incoming token (iss → fetch)',
  },
  // ID token (and other JWT) presented as access token
  'oidc-conf-a': {
    section: '9068 5 / 8725 3.12',
    level: 'MUST',
    text: 'ID token refused: typ not at+jwt, aud is a client_id',
  },
  'oidc-conf-b': {
    section: '–',
    level: 'ADVICE',
    text: 'For issuers that emit untyped access tokens: require audience ≠ any client_id and refuse nonce, at_hash, c_hash, s_hash, azp-without-API-aud, events, token_introspection',
  },
  'oidc-conf-c': {
    section: '–',
    level: 'MUST (8725 3.12)',
    text: 'Other registered types refused: dpop+jwt, secevent+jwt, logout+jwt, token-introspection+jwt, statuslist+jwt, client-authentication+jwt, oauth-authz-req+jwt, oauth-id-jag+jwt, dc+sd-jwt',
  },
  'oidc-conf-d': {
    section: '–',
    level: 'ADVICE',
    text: 'Refresh tokens that are JWTs (e.g. typ Refresh, Offline) refused',
  },
  // Traps of the runtime
  'trap-authorization': {
    section: 'Node.js',
    level: 'ADVICE',
    text: 'Node keeps the first of several Authorization fields and hides the others',
  },
  'trap-headers': {
    section: 'Node.js',
    level: 'ADVICE',
    text: 'Fetch Headers join repeated fields with a comma',
  },
  'trap-base64url': {
    section: 'Node.js',
    level: 'ADVICE',
    text: "Node's base64url decoder accepts padding, white space, other alphabets and spare bits",
  },
  'trap-text-decoder': {
    section: 'Node.js',
    level: 'ADVICE',
    text: 'TextDecoder replaces bad bytes and strips a byte order mark unless told otherwise',
  },
  'trap-json': {
    section: 'Node.js',
    level: 'ADVICE',
    text: 'JSON.parse keeps the last duplicate, reads 1e400 as Infinity and makes __proto__ an own member',
  },
  'trap-url': {
    section: 'Node.js',
    level: 'ADVICE',
    text: 'URL lower-cases, drops default ports and resolves dot segments',
  },
  'trap-import-key': { section: 'Node.js', level: 'ADVICE', text: 'WebCrypto imports RSA keys of 1024 bits' },
  'trap-public-key': {
    section: 'Node.js',
    level: 'ADVICE',
    text: 'Key import from JWK ignores use, alg and key_ops, and takes the public part of a private key',
  },
  'trap-header-values': {
    section: 'Node.js',
    level: 'ADVICE',
    text: 'Header values with line breaks or characters past U+00FF make Node throw',
  },
  'trap-absolute-form': {
    section: 'Node.js',
    level: 'ADVICE',
    text: 'The request target may be in absolute form and name another host',
  },
  // RFC 6749 — client credentials and the token endpoint (packages/client)
  '6749-2.3-a': { section: '2.3', level: 'MUST', text: 'One client-authentication method per request' },
  '6749-2.3.1-a': {
    section: '2.3.1',
    level: 'MUST',
    text: 'Basic: form-urlencode id and secret (UTF-8) separately, join with :, then base64',
  },
  '6749-2.3.1-b': {
    section: '2.3.1 / App. B',
    level: 'MUST',
    text: 'Encoding is application/x-www-form-urlencoded (space → +), not encodeURIComponent',
  },
  '6749-2.3.1-c': {
    section: '2.3.1',
    level: 'ADVICE',
    text: 'Offer an opt-out for servers that do not decode (raw Basic) – interop switch, off by default',
  },
  '6749-2.3.1-d': {
    section: '2.3.1',
    level: 'MUST',
    text: 'client_secret_post parameters only in the body, never in the URI',
  },
  '6749-2.3.1-e': {
    section: '2.3.1',
    level: 'SHOULD',
    text: 'Body credentials only when Basic cannot be used',
  },
  '6749-3.2-a': {
    section: '3.2',
    level: 'MUST',
    text: 'POST to the token endpoint; keep an existing query component; endpoint has no fragment',
  },
  '6749-3.2-c': { section: '3.2', level: 'MUST', text: 'Empty parameter = omitted; no parameter twice' },
  '6749-3.3-a': {
    section: '3.3',
    level: 'MUST',
    text: 'Scope strings: case-sensitive, space-delimited, order-free, scope-token charset',
  },
  '6749-3.3-b': {
    section: '3.3',
    level: 'MUST',
    text: 'Read the scope response member; missing means "as requested"',
  },
  '6749-4.4-a': {
    section: '4.4.2',
    level: 'MUST',
    text: 'Body is grant_type=client_credentials (+ optional scope), form encoded in UTF-8',
  },
  '6749-4.4-b': {
    section: '4.4',
    level: 'MUST',
    text: 'Only confidential clients; request is always authenticated',
  },
  '6749-4.4-c': {
    section: '4.4.3',
    level: 'SHOULD',
    text: 'No refresh token expected; ignore one if present',
  },
  '6749-5.1-a': {
    section: '5.1 / 7.1',
    level: 'MUST',
    text: 'token_type compared case-insensitively; unknown type must not be used',
  },
  '6749-5.1-b': {
    section: '5.1',
    level: 'SHOULD',
    text: 'expires_in is seconds from response generation; if missing use a configured short default, never infinite',
  },
  '6749-5.1-c': {
    section: '5.1',
    level: 'MUST',
    text: 'Unknown members ignored; no assumption on token length or format',
  },
  '6749-5.1-d': { section: '5.1', level: 'ADVICE', text: 'Response is JSON object with 200; validate types' },
  '6749-5.2-a': {
    section: '5.2',
    level: 'MUST',
    text: 'Error body: read error (+error_description,error_uri) from 400/401 JSON',
  },
  '6749-5.2-b': {
    section: '5.2',
    level: 'MUST',
    text: 'invalid_client may be 400 or 401; 401 carries WWW-Authenticate when Basic was used',
  },
  '6749-5.2-c': {
    section: '5.2',
    level: 'ADVICE',
    text: 'Non-JSON, 429, 5xx are transport problems, not OAuth errors',
  },
  // RFC 7523 — JWT client authentication
  '7523-2.2-a': {
    section: '2.2/3',
    level: 'MUST',
    text: 'private_key_jwt: client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer, JWT with iss=sub=client_id, aud, exp, unique jti',
  },
  // RFC 10070 — audience of client assertions
  '10070-a': {
    section: 'whole',
    level: 'MUST',
    text: 'Client-assertion aud = AS issuer identifier (RFC 8414) as the sole audience; AS rejects others',
  },
  '10070-b': {
    section: 'whole',
    level: 'not stated',
    text: 'Explicit type client-authentication+jwt distinguishes updated assertions',
  },
  // RFC 9728 — protected resource metadata
  '9728-2-a': {
    section: '2',
    level: 'MUST',
    text: "resource present and equal to the RS's resource identifier (https, no fragment)",
  },
  '9728-2-b': {
    section: '2',
    level: 'MAY',
    text: 'authorization_servers: array of issuer identifiers (not URLs of metadata)',
  },
  '9728-2-c': {
    section: '2',
    level: 'SHOULD',
    text: 'scopes_supported lists scopes for this resource; may be partial',
  },
  '9728-2-d': {
    section: '2',
    level: 'MAY',
    text: 'bearer_methods_supported ⊆ header, body, query and must tell the truth; [] = none',
  },
  '9728-2-e': {
    section: '2',
    level: 'MAY',
    text: 'DPoP/mTLS/RAR flags: dpop_signing_alg_values_supported, dpop_bound_access_tokens_required, tls_client_certificate_bound_access_tokens, authorization_details_types_supported match enforcement',
  },
  '9728-2-f': {
    section: '2',
    level: 'MUST',
    text: 'jwks_uri https; resource_signing_alg_values_supported without none',
  },
  '9728-3-a': {
    section: '3 / 3.1',
    level: 'MUST',
    text: 'Serve at the URL formed by inserting /.well-known/oauth-protected-resource between host and path/query',
  },
  '9728-3.1-a': {
    section: '3.1',
    level: 'MUST',
    text: 'Terminating / after the host is removed before inserting',
  },
  '9728-3.1-b': {
    section: '3.1',
    level: 'MUST',
    text: 'Query component of the resource id is kept after the inserted path',
  },
  '9728-3.1-c': { section: '3.1', level: 'MUST', text: 'Works with GET and without authentication' },
  '9728-3.2-a': {
    section: '3.2',
    level: 'MUST',
    text: '200, application/json, JSON object; empty multi-value members omitted',
  },
  '9728-3.3-a': {
    section: '3.3',
    level: 'MUST',
    text: 'Consumer: resource identical to the id used to build the well-known URL, else discard',
  },
  '9728-3.3-b': {
    section: '3.3',
    level: 'MUST',
    text: 'Consumer via resource_metadata: resource identical to the URL requested at the RS, else discard',
  },
  '9728-5-a': {
    section: '5 / 5.1',
    level: 'MAY',
    text: 'Put resource_metadata="<absolute URL>" in the challenge, with Bearer, DPoP or other schemes',
  },
  '9728-5.1-b': {
    section: '–',
    level: 'ADVICE',
    text: 'The URL is built from configuration, not from Host/X-Forwarded-Host',
  },
  '9728-5.2-a': {
    section: '5.2',
    level: 'MAY',
    text: 'A new challenge may signal changed metadata at any time',
  },
  '9728-7.10-a': { section: '7.10', level: 'SHOULD', text: 'Use HTTP caching headers' },
  // RFC 9470 — step-up authentication
  '9470-3-a': {
    section: '3',
    level: 'MUST',
    text: 'Unmet authentication requirement → 401 error="insufficient_user_authentication" (not 403)',
  },
  '9470-3-b': {
    section: '3',
    level: 'MAY',
    text: 'acr_values: space-separated, in order of preference, any one suffices',
  },
  '9470-3-c': {
    section: '3',
    level: 'MUST',
    text: 'max_age: non-negative integer seconds, token or quoted-string',
  },
  '9470-3-d': {
    section: '3',
    level: 'MUST',
    text: 'Age measured from auth_time: now − auth_time ≤ max_age (+leeway)',
  },
  '9470-3-e': {
    section: '3',
    level: 'MAY',
    text: 'Both params may appear, and scope too when scopes are lacking',
  },
  '9470-3-f': { section: '3', level: 'MAY', text: 'Same parameters under DPoP scheme' },
  '9470-6-a': {
    section: '6.1/6.2',
    level: 'MUST',
    text: 'acr string / auth_time number from JWT or introspection; missing or wrong type = requirement not met',
  },
  '9470-6-b': { section: '–', level: 'ADVICE', text: 'acr compared exactly; no implied ordering of levels' },
  '9470-9-a': { section: '9', level: 'ADVICE', text: 'Validate the token before revealing requirements' },
  // RFC 9396 — rich authorization requests
  '9396-2-a': {
    section: '2',
    level: 'MUST',
    text: 'authorization_details is an array of objects each with string type',
  },
  '9396-9.1-a': { section: '9.1', level: 'SHOULD', text: 'Read it from the top-level JWT claim' },
  '9396-9.2-a': {
    section: '9.2',
    level: 'MUST',
    text: 'In introspection it is a top-level member with the same structure',
  },
  '9396-12-a': { section: '12', level: 'MUST', text: 'String comparison per JSON, no normalisation' },
  '9396-2.2-a': {
    section: '2.2',
    level: 'SHOULD',
    text: 'locations,actions,datatypes,identifier,privileges restrict; an entry not naming this RS in locations gives nothing',
  },
  '9396-impl-a': {
    section: '–',
    level: 'ADVICE',
    text: 'Unknown type grants nothing; entries are not merged into broader rights',
  },
  '9396-err-a': {
    section: 'draft-ietf-oauth-rar-metadata-remediation-00',
    level: 'MAY',
    text: 'RFC 9396 has no RS error code; the WG draft (Aug 2026) introduces one (name truncated in the stored slide as “insufficient_aut…”; believed insufficient_authorization_details)',
  },
  // RFC 8693, section 4 — actors
  '8693-4.1-a': {
    section: '4.1',
    level: 'MUST',
    text: 'Access control uses top-level claims and the outermost act only',
  },
  '8693-4.1-b': { section: '4.1', level: 'MUST', text: 'act is an object; identity members only' },
  '8693-4.1-c': { section: '4.1', level: 'SHOULD', text: 'Actor identified by iss+sub when needed' },
  '8693-4.1-d': {
    section: '–',
    level: 'ADVICE',
    text: 'Default policy for delegated tokens explicit: allow / deny / allow-list; chain depth limit',
  },
  '8693-4.4-a': {
    section: '4.4',
    level: 'MUST',
    text: 'may_act says who may become actor at the AS; it is not an authorization at the RS',
  },
  // RFC 8707 — resource indicators
  '8707-2-a': {
    section: '2',
    level: 'MUST',
    text: 'resource absolute URI without fragment; should have no query',
  },
  '8707-2-b': {
    section: '2',
    level: 'SHOULD',
    text: 'AS restricts audience to the resource; RS checks aud against its identifier(s), which may be more general than the URL',
  },
  '8707-2-c': {
    section: '2',
    level: 'ADVICE',
    text: "Trailing slash is significant (the RFC's examples have one)",
  },
  '8707-2.2-a': {
    section: '2.2',
    level: 'MAY',
    text: 'Several resources → multi-audience token; rights are the cartesian product',
  },
  // MCP authorization — an MCP server as resource server
  'mcp-prm-a': {
    section: 'all',
    level: 'MUST',
    text: 'Implement RFC 9728; metadata includes authorization_servers with ≥1 entry',
  },
  'mcp-prm-b': {
    section: '2025-06-18',
    level: 'MUST',
    text: '401 carries WWW-Authenticate with the metadata URL',
  },
  'mcp-prm-c': {
    section: '2025-11-25, 2026-07-28',
    level: 'MUST',
    text: 'At least one of: resource_metadata in 401, or well-known URI (path-specific or root)',
  },
  'mcp-scope-a': { section: '2025-11-25+', level: 'SHOULD', text: '401 challenge includes scope needed' },
  'mcp-scope-b': {
    section: '2025-11-25+',
    level: 'SHOULD',
    text: 'Runtime lack → 403 error="insufficient_scope", scope, resource_metadata (+description)',
  },
  'mcp-scope-c': {
    section: '2026-07-28',
    level: 'SHOULD',
    text: 'One challenge names all scopes of the current operation; prior grants need not be listed',
  },
  'mcp-scope-d': {
    section: '2026-07-28',
    level: 'MUST',
    text: 'Scope hierarchies honoured when judging sufficiency',
  },
  'mcp-scope-e': {
    section: '2026-07-28',
    level: 'SHOULD',
    text: 'offline_access neither in challenge nor in scopes_supported',
  },
  'mcp-aud-a': {
    section: 'all',
    level: 'MUST',
    text: 'Token must be issued for this server (audience); otherwise reject',
  },
  'mcp-aud-b': {
    section: 'all',
    level: 'MUST',
    text: 'Never accept or pass through other tokens; upstream calls use separate tokens',
  },
  'mcp-tok-a': {
    section: 'all',
    level: 'MUST',
    text: 'Authorization header on every HTTP request, even in one session',
  },
  'mcp-tok-b': { section: 'all', level: 'MUST', text: 'No tokens in query string' },
  'mcp-err-a': {
    section: 'all',
    level: 'MUST',
    text: 'Invalid/expired → 401; insufficient → 403; malformed authorization request → 400',
  },
  'mcp-uri-a': {
    section: 'all',
    level: 'SHOULD',
    text: 'Canonical resource URI: lower-case scheme/host, no fragment, preferably no trailing slash; accept upper-case scheme/host',
  },
  'mcp-cc-a': {
    section: 'ext (SEP-1046 → ext-auth)',
    level: 'MAY',
    text: 'Client-credentials extension exists outside the core text; such clients may abort instead of step-up',
  },
  // RFC 9449 — DPoP
  '9449-4.3-1': { section: '4.3 (1)', level: 'MUST', text: 'Exactly one DPoP header field' },
  '9449-4.3-2': {
    section: '4.3 (2)',
    level: 'MUST',
    text: 'Value is one well-formed JWT (token68, compact JWS)',
  },
  '9449-4.3-3': {
    section: '4.3 (3) / 4.2',
    level: 'MUST',
    text: 'Required: typ, alg, jwk; jti, htm, htu, iat (+ath at an RS, +nonce when demanded)',
  },
  '9449-4.3-4': { section: '4.3 (4) / 11.5', level: 'MUST', text: 'typ = dpop+jwt' },
  '9449-4.3-5': {
    section: '4.3 (5) / 11.6',
    level: 'MUST',
    text: 'alg asymmetric, registered, supported, allowed; never none or HS*',
  },
  '9449-4.3-6': {
    section: '4.3 (6)',
    level: 'MUST',
    text: 'Signature verifies with the embedded jwk (and only with it)',
  },
  '9449-4.3-7': { section: '4.3 (7) / 4.2', level: 'MUST', text: 'jwk has no private members' },
  '9449-4.3-8': {
    section: '4.3 (8)',
    level: 'MUST',
    text: 'htm equals the request method, case-sensitively',
  },
  '9449-4.3-9': {
    section: '4.3 (9)',
    level: 'MUST',
    text: 'htu equals the request target URI ignoring query and fragment on both sides',
  },
  '9449-4.3-10': {
    section: '4.3 (10)',
    level: 'MUST',
    text: 'nonce equals a nonce the server supplied, when it supplied one',
  },
  '9449-4.3-11': {
    section: '4.3 (11) / 11.1',
    level: 'MUST',
    text: 'Creation time (iat, or time inside nonce) within a short window',
  },
  '9449-4.3-12a': {
    section: '4.3 (12) / 7',
    level: 'MUST',
    text: 'ath = base64url(SHA-256(ASCII(access token)))',
  },
  '9449-4.3-12b': {
    section: '4.3 (12) / 6',
    level: 'MUST',
    text: "Thumbprint of proof key equals token's cnf.jkt",
  },
  '9449-4.3-n': {
    section: '4.3',
    level: 'SHOULD',
    text: 'Normalise htu per RFC 3986 6.2.2/6.2.3 before comparing: case of scheme/host, default port, dot segments, percent-encoding (hex case, decode unreserved)',
  },
  '9449-htu-a': {
    section: '4.2 / 9110 7.1',
    level: 'ADVICE',
    text: 'Behind a proxy the public origin comes from config or trusted forwarded headers only',
  },
  '9449-htu-b': { section: '4.2', level: 'MUST', text: 'htu is absolute with scheme and authority' },
  '9449-6-a': {
    section: '6 / 6.1',
    level: 'MUST',
    text: 'RS can tell bound tokens reliably (JWT cnf.jkt or introspection)',
  },
  '9449-7.1-a': {
    section: '7.1',
    level: 'MUST',
    text: 'DPoP scheme requires a proof; no access unless all checks pass',
  },
  '9449-7.1-b': { section: '7.1', level: 'MUST', text: 'Unbound token under the DPoP scheme is refused' },
  '9449-7.1-c': {
    section: '7.1',
    level: 'SHOULD',
    text: 'Challenge scheme DPoP; algs lists accepted JWS algs, space-delimited',
  },
  '9449-7.1-d': {
    section: '7.1',
    level: 'SHOULD',
    text: 'error present if a token was presented and failed; codes of 6750 plus invalid_dpop_proof, use_dpop_nonce',
  },
  '9449-7.2-a': {
    section: '7.2',
    level: 'MUST',
    text: 'RS supporting both schemes refuses a DPoP-bound token sent as Bearer',
  },
  '9449-7.2-b': {
    section: '7.2',
    level: 'SHOULD',
    text: 'Two challenges: no error on either when no credentials; error only on the scheme used',
  },
  '9449-7.2-c': {
    section: '7.2',
    level: 'MAY',
    text: 'Ambiguous (both schemes sent) → 400 with invalid_request on both',
  },
  '9449-7.3-a': {
    section: '7.3',
    level: 'SHOULD',
    text: 'Client makes a fresh proof for each request incl. retries',
  },
  '9449-8-a': {
    section: '8 / 9',
    level: 'MUST',
    text: 'Nonces unpredictable, opaque, 1*NQCHAR (%x21,%x23-5B,%x5D-7E); exact match',
  },
  '9449-8-b': { section: '8', level: 'MUST', text: 'At most one DPoP-Nonce header' },
  '9449-8.2-a': {
    section: '8.2',
    level: 'MAY',
    text: 'New nonce may be sent on success; such responses should be uncacheable',
  },
  '9449-9-a': {
    section: '9',
    level: 'MUST',
    text: 'RS demands a nonce with 401 + WWW-Authenticate: DPoP error="use_dpop_nonce" + DPoP-Nonce',
  },
  '9449-11.1-a': {
    section: '11.1',
    level: 'ADVICE',
    text: 'Track jti (in the context of the URI) for the acceptance window; shared store for clusters',
  },
  '9449-11.1-b': { section: '11.1', level: 'ADVICE', text: 'Bound memory: refuse huge jti or store hash' },
  '9449-11.1-c': { section: '–', level: 'ADVICE', text: 'Replay store failure → fail closed (configurable)' },
  '9449-11.3-a': {
    section: '11.3',
    level: 'MUST',
    text: 'Once nonces are required, proofs without nonce are refused',
  },
  '9449-2-a': {
    section: '9728 2',
    level: 'ADVICE',
    text: 'dpop_bound_access_tokens_required: Bearer tokens refused with a DPoP challenge',
  },
  // RFC 8705, RFC 7800 and RFC 9440 — certificate-bound tokens, confirmation
  '8705-3-a': {
    section: '3',
    level: 'MUST',
    text: 'Take the client certificate from the TLS layer and compare with cnf["x5t#S256"]; mismatch → 401 invalid_token',
  },
  '8705-3-b': {
    section: '3',
    level: 'MUST',
    text: 'Bound token on a connection without certificate is refused',
  },
  '8705-3.1-a': {
    section: '3.1',
    level: 'MUST',
    text: 'Thumbprint = base64url SHA-256 of the DER certificate, unpadded',
  },
  '8705-3.1-b': {
    section: '3.1',
    level: 'ADVICE',
    text: 'Compare as strings in constant time; malformed cnf value → reject',
  },
  '8705-6.2-a': {
    section: '6.2',
    level: 'MAY',
    text: 'RS need not validate the chain or expiry of the client certificate',
  },
  '8705-6.3-a': {
    section: '6.3',
    level: 'MAY',
    text: 'Certificate rotation invalidates the token like expiry',
  },
  '7800-3.1-a': {
    section: 'RFC 7800 3.1',
    level: 'MUST',
    text: 'cnf names one key; members not understood are ignored by the base spec',
  },
  '9440-2.2-a': {
    section: 'RFC 9440 2.1/2.2',
    level: 'MUST',
    text: 'Client-Cert is one structured-field byte sequence :base64: of DER; singleton',
  },
  '9440-2.3-a': {
    section: 'RFC 9440 2.3',
    level: 'MUST',
    text: 'Client-Cert-Chain list only together with Client-Cert, without the end-entity cert',
  },
  '9440-2.4-a': {
    section: 'RFC 9440 2.4',
    level: 'MUST',
    text: 'Proxy removes incoming copies; RS should be able to prove the sender is the proxy',
  },
  '9440-2.4-b': {
    section: 'RFC 9440 2.4',
    level: 'MUST',
    text: 'If the header selects the response, it is uncacheable or Vary: Client-Cert',
  },
  '9440-4-a': {
    section: 'RFC 9440 4',
    level: 'MUST',
    text: 'Accept only from a trusted proxy; opt-in, off by default',
  },
} as const satisfies Readonly<Record<string, Requirement>>

export type RequirementId = keyof typeof REQUIREMENTS
