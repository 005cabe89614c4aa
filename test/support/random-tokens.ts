import { createOwnKey, takeApart, type OwnKey } from './jws.js'
import { AUDIENCE } from './servers.js'

/** A token, and whether it is good: what has been changed in a good one, was not signed again. */
export interface RandomToken {
  readonly token: string
  readonly kind: string
  readonly isGood: boolean
}

type Claims = Readonly<Record<string, unknown>>
type Random = () => number

const ALPHABET = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
const OTHER_CHARACTERS = ['.', '=', '+', '/', '~']

/** What is signed as it stands, and must be accepted. */
const GOOD: Readonly<Record<string, (now: number) => { header?: Claims; claims?: Claims }>> = {
  plain: () => ({}),
  'audiences in a list': () => ({ claims: { aud: ['https://x.example.com', AUDIENCE] } }),
  'expired within the tolerance': (now) => ({ claims: { exp: now - 4 } }),
  'valid within the tolerance': (now) => ({ claims: { nbf: now + 4 } }),
  'without kid': () => ({ header: { kid: undefined } }),
  'type with a prefix': () => ({ header: { typ: 'application/AT+JWT' } }),
}

/** What is signed as it stands, and must be refused. */
const BAD: Readonly<Record<string, (now: number) => { header?: Claims; claims?: Claims }>> = {
  expired: (now) => ({ claims: { exp: now - 5 } }),
  'not yet valid': (now) => ({ claims: { nbf: now + 6 } }),
  'issued ahead': (now) => ({ claims: { iat: now + 61 } }),
  'another audience': () => ({ claims: { aud: 'https://x.example.com' } }),
  'another issuer': () => ({ claims: { iss: 'https://x.example.com' } }),
  'no subject': () => ({ claims: { sub: undefined } }),
  'a number for a client': () => ({ claims: { client_id: 7 } }),
  'a number for scopes': () => ({ claims: { scope: 7 } }),
  'text for a time': () => ({ claims: { exp: '4102444800' } }),
  bound: () => ({ claims: { cnf: { jkt: 'x' } } }),
  'type JWT': () => ({ header: { typ: 'JWT' } }),
  'no type': () => ({ header: { typ: undefined } }),
  'no algorithm': () => ({ header: { alg: 'none' } }),
  'a shared secret': () => ({ header: { alg: 'HS256' } }),
  'another algorithm of the key': () => ({ header: { alg: 'PS256' } }),
  critical: () => ({ header: { crit: ['b64'], b64: true } }),
  'another key': () => ({ header: { kid: 'unknown' } }),
}

/** How the text of a good token is changed. Never back into itself, and never into another good one. */
const CHANGES: Readonly<Record<string, (token: string, random: Random, mintOther: () => string) => string>> =
  {
    'a character': (token, random) => change(token, Math.floor(random() * token.length), random),
    'a character of the signature': (token, random) =>
      change(token, token.length - 1 - Math.floor(random() * 60), random),
    'a character that no token has': (token, random) => {
      const index = Math.floor(random() * token.length)
      const characters = OTHER_CHARACTERS.filter((character) => character !== token[index])
      return token.slice(0, index) + pick(characters, random) + token.slice(index + 1)
    },
    'cut off': (token, random) => token.slice(0, Math.floor(random() * token.length)),
    'cut off in front': (token, random) => token.slice(1 + Math.floor(random() * (token.length - 1))),
    'a character more': (token, random) => {
      const index = Math.floor(random() * (token.length + 1))
      return token.slice(0, index) + pick(ALPHABET, random) + token.slice(index)
    },
    padding: (token) => `${token}=`,
    'claims of another': (token, _random, mintOther) => splice(token, mintOther(), 1),
    'signature of another': (token, _random, mintOther) => splice(token, mintOther(), 2),
    'no signature': (token) => token.slice(0, token.lastIndexOf('.') + 1),
    'end of the signature alone': (token) =>
      `${token.slice(0, token.lastIndexOf('.') + 1)}${token.slice(-43)}`,
    'unsigned, with the same end': (token) => {
      const { payload } = takeApart(token)
      return `${encode('{"alg":"none","typ":"at+jwt"}')}.${encode(payload)}.${token.slice(-43)}`
    },
    'a member twice': (token) => {
      const [header = '', , signature = ''] = token.split('.')
      return `${header}.${encode(takeApart(token).payload.replace('{', '{"sub":"admin",'))}.${signature}`
    },
  }

/** Makes keys to publish, and tokens that follow from `random`, a third of them good. */
export function createRandomTokens(
  { issuer, now, random }: { issuer: string; now: number; random: Random },
  size: number,
) {
  const keys = [
    createOwnKey('P-256', 'p-256'),
    createOwnKey('ed25519', 'ed25519'),
    createOwnKey('rsa', 'rsa'),
  ]
  const algorithms: Readonly<Record<string, string>> = { 'p-256': 'ES256', ed25519: 'Ed25519', rsa: 'RS256' }
  const keysToDraw = [0, 0, 0, 0, 1, 1, 1, 1, 2].flatMap((index) => keys[index] ?? []) // signing with RSA takes long
  let last = 0
  const mint = (key: OwnKey, { header = {}, claims = {} }: { header?: Claims; claims?: Claims }): string => {
    last += 1
    const times = { iat: now - 100, exp: now + 300 }
    return key.sign(
      { alg: algorithms[key.jwk.kid], typ: 'at+jwt', kid: key.jwk.kid, ...header },
      { iss: issuer, aud: AUDIENCE, sub: 's', client_id: 'c', jti: String(last), ...times, ...claims },
    )
  }
  const make = (): RandomToken => {
    const key = pick(keysToDraw, random)
    const [table, isGood] = pick(
      [
        [GOOD, true],
        [BAD, false],
        [undefined, false],
      ] as const,
      random,
    )
    const kind = pick(Object.keys(table ?? CHANGES), random)
    if (table !== undefined) return { token: mint(key, table[kind]?.(now) ?? {}), kind, isGood }
    return { token: CHANGES[kind]?.(mint(key, {}), random, () => mint(key, {})) ?? '', kind, isGood }
  }
  return { jwks: keys.map(({ jwk }) => jwk), tokens: Array.from({ length: size }, make) }
}

/** The same values in an order that follows from `random`. */
export function shuffle<T>(values: readonly T[], random: Random): readonly T[] {
  return values
    .map((value) => ({ value, rank: random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ value }) => value)
}

function change(token: string, index: number, random: Random): string {
  const characters = ALPHABET.filter((character) => character !== token[index])
  return token.slice(0, index) + pick(characters, random) + token.slice(index + 1)
}

/** The one with this part of the other. */
function splice(token: string, other: string, part: number): string {
  const parts = token.split('.')
  parts[part] = other.split('.')[part] ?? ''
  return parts.join('.')
}

function pick<T>(values: readonly T[], random: Random): T {
  return values[Math.floor(random() * values.length)] as T
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url')
}
