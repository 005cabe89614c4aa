import { createPublicKey, generateKeyPair, sign, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { createHastySigner } from './hasty.js'

export const AUDIENCE = 'https://stats.example.com'

export const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

/** An authorization server without a server: its key, and tokens that it signed. */
export interface Issuer {
  readonly issuer: string
  readonly algorithm: Algorithm
  readonly publicKey: KeyObject
  /** A JWK. */
  readonly jwk: Readonly<Record<string, unknown>>
  /**
   * Signs tokens of RFC 9068, each about 1,000 characters long and different from all others.
   *
   * @param claims To add; they make tokens longer. Default: none.
   */
  mint(count: number, claims?: Readonly<Record<string, unknown>>): Promise<readonly string[]>
}

/** Characters. */
const TOKEN_LENGTH = 1_000
/** In seconds. */
const LIFETIME = 7_200
/** Signed at once. */
const LANES = 8

const generate = {
  RS256: () => promisify(generateKeyPair)('rsa', { modulusLength: 2048 }),
  PS256: () => promisify(generateKeyPair)('rsa', { modulusLength: 2048 }),
  ES256: () => promisify(generateKeyPair)('ec', { namedCurve: 'P-256' }),
  EdDSA: () => promisify(generateKeyPair)('ed25519'),
}

/** Signature lengths, in characters. */
const SIGNATURES: Readonly<Record<Algorithm, number>> = { RS256: 342, PS256: 342, ES256: 86, EdDSA: 86 }

/** How an issuer is made. */
export interface IssuerOptions {
  /** Its issuer identifier. */
  readonly url?: string
  readonly kid?: string
  /** ES256 only: signs by {@link createHastySigner}, for more tokens than there is time to sign. */
  readonly isHasty?: boolean
}

export async function createIssuer(
  algorithm: Algorithm,
  { url = 'https://as.example.com', kid = 'key-1', isHasty = false }: IssuerOptions = {},
): Promise<Issuer> {
  const { privateKey } = await generate[algorithm]()
  const publicKey = createPublicKey(privateKey)
  const header = toBase64url({ alg: algorithm, typ: 'at+jwt', kid })
  const length = header.length + toBase64url(toClaims(url, 10_000, '')).length + SIGNATURES[algorithm] + 2
  const note = 'x'.repeat(Math.max(0, Math.floor(((TOKEN_LENGTH - length) * 3) / 4)))
  const signInput = isHasty ? createHastySigner(privateKey) : createSigner(algorithm, privateKey)
  let minted = 0

  async function mintOne(claims: object): Promise<string> {
    const input = `${header}.${toBase64url({ ...toClaims(url, minted++, note), ...claims })}`
    const signature = signInput(input)
    return `${input}.${(signature instanceof Buffer ? signature : await signature).toString('base64url')}`
  }

  return {
    issuer: url,
    algorithm,
    publicKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' },
    async mint(count, claims = {}) {
      const tokens: string[] = []
      const fill = async () => {
        while (tokens.length < count) tokens.push(await mintOne(claims))
      }
      await Promise.all(Array.from({ length: LANES }, fill))
      return tokens.slice(0, count)
    },
  }
}

/** What `node:crypto` wants for an algorithm: its digest, and the options of a key. */
export function toScheme(algorithm: Algorithm): { readonly digest: string | null; readonly options: object } {
  if (algorithm === 'EdDSA') return { digest: null, options: {} }
  if (algorithm === 'ES256') return { digest: 'sha256', options: { dsaEncoding: 'ieee-p1363' } }
  const padding = algorithm === 'PS256' ? { padding: 6, saltLength: 32 } : { padding: 1 }
  return { digest: 'sha256', options: padding }
}

function createSigner(algorithm: Algorithm, key: KeyObject): (input: string) => Promise<Buffer> {
  const { digest, options } = toScheme(algorithm)
  return (input) =>
    new Promise((resolve, reject) => {
      sign(digest, Buffer.from(input), { key, ...options }, (error, signature) => {
        if (error === null) resolve(signature)
        else reject(error)
      })
    })
}

function toClaims(iss: string, number: number, note: string): Record<string, unknown> {
  const iat = Math.floor(Date.now() / 1000)
  return {
    iss,
    aud: AUDIENCE,
    sub: `user-${String(number)}`,
    client_id: `client-${String(number % 50)}`,
    iat,
    exp: iat + LIFETIME,
    jti: `token-${String(number)}`,
    scope: 'stats:read stats:write users:read',
    roles: ['auditor', 'reader'],
    groups: ['engineering', 'operations', 'europe-west'],
    email: 'somebody@example.com',
    note,
  }
}

function toBase64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
