import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { expect } from '@jest/globals'
import { ConfigurationError } from '@bearward/core'
import { createOwnKey, putTogether, takeApart } from '../support/jws.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere({ algorithms: ['RS256'] })
const servers = useServers({ algorithms: ['RS256'] })

ruleForEach(
  'ALG-01',
  {
    'with an empty signature': (good: string) => `${good.slice(0, good.lastIndexOf('.'))}.`,
    'with the signature of the good token': (good: string) => good,
  },
  'refuses everywhere the claims of a good token under alg none %s, without looking for a key',
  async (sign) => {
    const twin = await everywhere().authorizationServer.mint()
    const { header, payload, signature } = takeApart(sign(twin))
    const attack = putTogether({ ...(JSON.parse(header) as object), alg: 'none' }, payload, signature)
    await everywhere().refuses({ attack, twin, code: 'ERR_TOKEN_ALGORITHM' })
  },
)

ruleForEach(
  'ALG-02',
  {
    'a capital': 'None',
    capitals: 'NONE',
    'mixed letters': 'nOnE',
    'a space': 'none ',
    'a NUL': 'none\0',
    'nothing at all': '',
  },
  'refuses everywhere alg none spelt with %s, signed or not',
  async (alg) => {
    const { mint } = everywhere().authorizationServer
    const options = [{ header: { alg } }, { header: { alg }, signature: 'stripped' }] as const
    for (const option of options) {
      await everywhere().refuses({ attack: await mint({}, option), code: 'ERR_TOKEN_ALGORITHM' })
    }
  },
)

const own = createOwnKey('rsa')

/** Every text or byte string that stands for the public key somewhere. */
const SECRETS: Readonly<Record<string, (jwk: JsonWebKey, keySet: string) => string | Buffer>> = {
  PEM: (jwk) => toPem(jwk, 'spki'),
  'PEM without its last line break': (jwk) => toPem(jwk, 'spki').trimEnd(),
  'PEM with a line break more': (jwk) => `${toPem(jwk, 'spki')}\n`,
  'PEM with Windows line breaks': (jwk) => toPem(jwk, 'spki').replaceAll('\n', '\r\n'),
  'PEM in PKCS #1': (jwk) => toPem(jwk, 'pkcs1'),
  DER: (jwk) => createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'der', type: 'spki' }),
  'the modulus in base64url': (jwk) => jwk.n ?? '',
  'the modulus in bytes': (jwk) => Buffer.from(jwk.n ?? '', 'base64url'),
  'the JWK': (jwk) => JSON.stringify(jwk),
  'the JWK with a line break': (jwk) => `${JSON.stringify(jwk)}\n`,
  'the list of keys': (jwk) => JSON.stringify([jwk]),
  'the key set': (_jwk, keySet) => keySet,
  'the key set with a line break': (_jwk, keySet) => `${keySet}\n`,
  'the kid': (jwk) => String(jwk['kid']),
  nothing: () => '',
}

function toPem(jwk: JsonWebKey, type: 'spki' | 'pkcs1'): string {
  return String(createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'pem', type }))
}

ruleForEach(
  ['ALG-03', 'ALG-05'],
  SECRETS,
  'refuses everywhere a token that is authenticated with %s as its secret',
  async (toSecret) => {
    const { authorizationServer, refuses } = everywhere()
    const keySet = authorizationServer.keySet()
    const [jwk = {}] = keySet.keys
    const key = { secret: Buffer.from(toSecret(jwk, JSON.stringify(keySet))) }
    const attacks = [
      { algorithm: 'HS256', key },
      { algorithm: 'HS384', key, kid: null },
      { algorithm: 'HS512', key, header: { alg: 'hs512' } },
    ] as const
    for (const attack of attacks) {
      await refuses({ attack: await authorizationServer.mint({}, attack), code: 'ERR_TOKEN_ALGORITHM' })
    }
    // A lie about the algorithm is no help: what is verified is an RSA signature then.
    const lying = await authorizationServer.mint({}, { key, header: { alg: 'RS256' } })
    await refuses({ attack: lying, code: 'ERR_TOKEN_SIGNATURE', asks: 'keys' })
  },
)

ruleForEach(
  'ALG-06',
  { HS256: 'HS256', PS256: 'PS256', RS512: 'RS512', none: 'none' },
  'lets no token choose %s for a key that names no algorithm, where RS256 alone is configured',
  async (alg) => {
    const { authorizationServer, refuses } = everywhere()
    authorizationServer.publish([own.jwk])
    const attack = await own.mint(authorizationServer, { header: { alg } })
    const twin = await own.mint(authorizationServer)
    await refuses({ attack, twin, options: { algorithms: ['RS256'] }, code: 'ERR_TOKEN_ALGORITHM' })
  },
)

ruleForEach(
  'ALG-08',
  { 'with alg': { alg: 'HS256' }, 'without alg': {}, 'that claims RS256': { alg: 'RS256' } },
  'refuses everywhere a token that is authenticated with a symmetric key of the key set %s',
  async (members) => {
    const { authorizationServer, refuses } = everywhere()
    const secret = Buffer.from('0123456789abcdef0123456789abcdef')
    const oct = { kty: 'oct', kid: 'k1', k: secret.toString('base64url'), ...members }
    authorizationServer.publish([oct, ...authorizationServer.keySet().keys])
    const attack = await authorizationServer.mint({}, { key: { secret }, kid: 'k1' })
    await refuses({ attack, code: 'ERR_TOKEN_ALGORITHM' })
    const lying = await authorizationServer.mint({}, { key: { secret }, kid: 'k1', header: { alg: 'RS256' } })
    await refuses({ attack: lying, code: 'ERR_TOKEN_KEY', asks: 'new keys' })
  },
)

const NOT_NAMES: Readonly<Record<string, unknown>> = {
  'a list': ['RS256'],
  'an object with the name in it': { RS256: 'RS256' },
  'an object that pretends to be a string': { toString: 'RS256', valueOf: 'RS256', length: 5 },
  null: null,
  'a number': 1,
  true: true,
  'what every object has': '__proto__',
  'what every object inherits': 'constructor',
  'what every set has': 'has',
  nothing: undefined,
}

ruleForEach('ALG-19', NOT_NAMES, 'refuses everywhere %s as alg', async (alg) => {
  const attack = await everywhere().authorizationServer.mint({}, { header: { alg } })
  await everywhere().refuses({ attack, code: 'ERR_TOKEN_ALGORITHM' })
})

ruleForEach(
  'ALG-20',
  {
    'an empty list': [],
    none: ['none'],
    'none next to RS256': ['RS256', 'none'],
    'HS256 next to RS256': ['RS256', 'HS256'],
    'an unknown name next to RS256': ['RS256', 'RS257'],
    'a star': ['*'],
    'an empty name': [''],
    'something that is no name': [256],
    'a list of lists': [['RS256']],
    null: null,
    true: true,
    'a number': 256,
  },
  'cannot be configured with %s as algorithms',
  (algorithms) => {
    const { protect } = servers()
    let error: unknown
    try {
      protect({ algorithms: algorithms as string[] })
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({ option: 'algorithms' })
    expect(() => protect({ algorithms: ['RS256'] })).not.toThrow()
  },
)

ruleForEach(
  'ALG-21',
  { ES256K: 'ES256K', RS1: 'RS1', 'ML-DSA-65': 'ML-DSA-65', Ed448: 'Ed448', ESP256: 'ESP256' },
  'refuses everywhere the algorithm %s, which is not supported',
  async (alg) => {
    const attack = await everywhere().authorizationServer.mint({}, { header: { alg } })
    await everywhere().refuses({ attack, code: 'ERR_TOKEN_ALGORITHM' })
    expect(() => servers().protect({ algorithms: [alg] })).toThrow(ConfigurationError)
  },
)

rule('ALG-20', 'takes a list of algorithms as it is at the start, whatever becomes of it', async () => {
  const { authorizationServer, protect } = servers()
  const algorithms = ['RS512']
  const resourceServer = protect({ algorithms })
  algorithms.push('RS256', 'none')
  expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('ERR_TOKEN_ALGORITHM')
  expect(await verdictOn(protect({ algorithms: ['RS256'] }), await authorizationServer.mint())).toBe(
    'accepted',
  )
})
