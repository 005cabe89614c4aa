import { createHmac, createPublicKey, sign } from 'node:crypto'
import type { Minted } from '../support/mint.js'
import { ATTACKER_KEY, AUDIENCE, ISSUER, type PoolKey } from '../support/tokens.js'
import type { World } from '../support/world.js'

type Json = Readonly<Record<string, unknown>>

/** In what a hostile token differs from a good one, and what signs it. */
interface Recipe {
  readonly header?: Json
  readonly claims?: Json
  readonly sign: (input: string, published: PoolKey) => string
}

const byIssuer = (input: string, published: PoolKey) => signEd25519(input, published)
const byAttacker = (input: string) => signEd25519(input, ATTACKER_KEY)
const byNobody = () => ''

/** Tokens that no authorization server would have made for this API: none may ever be accepted. */
const RECIPES = {
  'unsigned, with alg none': { header: { alg: 'none' }, sign: byNobody },
  'unsigned, with alg None and no kid': { header: { alg: 'None', kid: undefined }, sign: byNobody },
  'unsigned, with a good alg': { sign: byNobody },
  'signed by the attacker under a published kid': { sign: byAttacker },
  'signed by the attacker without kid': { header: { kid: undefined }, sign: byAttacker },
  'signed by the attacker, with its key in the header': {
    header: { kid: undefined, jwk: ATTACKER_KEY.jwk },
    sign: byAttacker,
  },
  'signed by the attacker, with the address of its keys': {
    header: { jku: 'https://attacker.example.net/jwks', kid: ATTACKER_KEY.kid },
    sign: byAttacker,
  },
  'authenticated with the public key as a secret': { header: { alg: 'HS256' }, sign: authenticate },
  'for another audience': { claims: { aud: 'https://other.example.com' }, sign: byIssuer },
  'for no audience': { claims: { aud: undefined }, sign: byIssuer },
  'without an end': { claims: { exp: undefined }, sign: byIssuer },
  'with an end that is no number': { claims: { exp: '99999999999' }, sign: byIssuer },
  'of another issuer': { claims: { iss: 'https://other.example.com' }, sign: byIssuer },
  'an ID token': { header: { typ: 'JWT' }, sign: byIssuer },
  'with a critical extension': { header: { crit: ['b64'], b64: false }, sign: byIssuer },
  'a good one with other claims put in': {
    sign: (input, published) => byIssuer(input.replace(/\.[^.]*$/, '.e30'), published),
  },
} as const satisfies Readonly<Record<string, Recipe>>

/** What is wrong with a hostile token. */
export type HostileKind = keyof typeof RECIPES

export const HOSTILE_KINDS = Object.keys(RECIPES) as readonly HostileKind[]

/** Makes a hostile token, as of now. */
export function mintHostile({ truth, mint }: Pick<World, 'mint' | 'truth'>, kind: HostileKind): Minted {
  const good = mint('good')
  const { header = {}, claims = {}, sign: signInput }: Recipe = RECIPES[kind]
  const [published = ATTACKER_KEY] = truth.published()
  const input = [
    { alg: 'Ed25519', typ: 'at+jwt', kid: published.kid, ...header },
    { ...usualClaims(good), ...claims },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return {
    ...good,
    kind: 'garbage',
    key: undefined,
    isGenuine: false,
    text: `${input}.${signInput(input, published)}`,
  }
}

function usualClaims({ issuedAt, expiresAt }: Minted): Json {
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'administrator',
    client_id: 'client',
    jti: 'one',
    iat: issuedAt,
    exp: expiresAt,
  }
}

function signEd25519(input: string, { privateKey }: PoolKey): string {
  return sign(null, Buffer.from(input), privateKey).toString('base64url')
}

function authenticate(input: string, { privateKey }: PoolKey): string {
  const secret = createPublicKey(privateKey).export({ format: 'pem', type: 'spki' })
  return createHmac('sha256', secret).update(input).digest('base64url')
}
