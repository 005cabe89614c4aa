/** What one resource server asks of a token, in the words of the standards and of the documentation. */
export interface Rules {
  readonly issuer: string
  readonly audiences: readonly string[]
  /** `typ` in lower case, without `application/`; `null` is none. */
  readonly types: readonly (string | null)[]
  readonly algorithms: readonly string[]
  /** Claims that must be there (RFC 9068, section 2.2). */
  readonly presentClaims: readonly string[]
  readonly clientIdClaims: readonly string[]
  readonly isClientIdOptional: boolean
  readonly audienceClaims: readonly string[]
  readonly requiredClaims: Readonly<Record<string, string>>
  /** Claims that other kinds of tokens have. */
  readonly foreignClaims: readonly string[]
  /** `undefined`: the claim `scope`, a string. */
  readonly scopeClaims: readonly string[] | undefined
  /** In seconds. */
  readonly clockTolerance: number
  /** In seconds. */
  readonly maxTokenAge: number | undefined
}

export const NOW = 1_767_225_600
export const ISSUER = 'https://as.example.com'
export const AUDIENCES = ['https://api.example.com', 'urn:api']

const FAMILIES = ['RS', 'PS', 'ES'].flatMap((family) => ['256', '384', '512'].map((size) => family + size))
const ASYMMETRIC = [...FAMILIES, 'Ed25519', 'EdDSA']
const OF_ID_TOKENS = ['nonce', 'at_hash', 'c_hash', 's_hash']
const OF_OTHERS = ['events', 'token_introspection']

const RFC9068: Rules = {
  issuer: ISSUER,
  audiences: AUDIENCES,
  types: ['at+jwt'],
  algorithms: ASYMMETRIC,
  presentClaims: ['iss', 'exp', 'sub', 'iat', 'jti'],
  clientIdClaims: ['client_id'],
  isClientIdOptional: false,
  audienceClaims: ['aud'],
  requiredClaims: {},
  foreignClaims: [],
  scopeClaims: undefined,
  clockTolerance: 5,
  maxTokenAge: undefined,
}

/** A set of options of Bearward, and what they mean, written out by hand. */
export interface Setting {
  readonly options: Readonly<Record<string, unknown>>
  readonly rules: Rules
}

export const SETTINGS: readonly Setting[] = [
  { options: {}, rules: RFC9068 },
  {
    options: { algorithms: ['ES256', 'Ed25519'], clockTolerance: 0, maxTokenAge: 600 },
    rules: { ...RFC9068, algorithms: ['ES256', 'Ed25519'], clockTolerance: 0, maxTokenAge: 600 },
  },
  {
    options: { profile: 'entra-id' },
    rules: {
      ...RFC9068,
      types: ['jwt'],
      presentClaims: ['iss', 'exp', 'sub', 'iat'],
      clientIdClaims: ['azp', 'appid'],
      foreignClaims: [...OF_ID_TOKENS, ...OF_OTHERS],
      scopeClaims: ['scp', 'roles'],
    },
  },
  {
    options: { profile: 'keycloak' },
    rules: {
      ...RFC9068,
      types: ['jwt', 'at+jwt'],
      clientIdClaims: ['azp', 'client_id'],
      requiredClaims: { typ: 'Bearer' },
      foreignClaims: [...OF_ID_TOKENS, ...OF_OTHERS].filter((name) => name !== 'nonce'),
    },
  },
  {
    options: {
      profile: {
        typ: [null, 'at+jwt'],
        optionalClaims: ['client_id', 'iat', 'jti', 'sub'],
        audienceClaim: 'client_id',
      },
      clockTolerance: 300,
      maxTokenAge: 3600,
    },
    rules: {
      ...RFC9068,
      types: [null, 'at+jwt'],
      presentClaims: ['iss', 'exp'],
      isClientIdOptional: true,
      audienceClaims: ['aud', 'client_id'],
      foreignClaims: [...OF_ID_TOKENS, ...OF_OTHERS],
      clockTolerance: 300,
      maxTokenAge: 3600,
    },
  },
]
