import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { expect } from '@jest/globals'
import { ConfigurationError } from '@bearward/core'
import { createOwnKey, putTogether, takeApart } from '../support/jws.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const servers = useServers({ algorithms: ['RS256'] })

ruleForEach(
  'ALG-01',
  {
    'with an empty signature': (good: string) => `${good.slice(0, good.lastIndexOf('.'))}.`,
    'with the signature of the good token': (good: string) => good,
  },
  'refuses the claims of a good token under alg none %s, without looking for a key',
  async (sign) => {
    const { authorizationServer, resourceServer } = servers()
    const good = await authorizationServer.mint()
    const { header, payload, signature } = takeApart(sign(good))
    const unsecured = putTogether({ ...(JSON.parse(header) as object), alg: 'none' }, payload, signature)
    expect(await verdictOn(resourceServer, unsecured)).toBe('ERR_TOKEN_ALGORITHM')
    expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    expect(await verdictOn(resourceServer, good)).toBe('accepted')
    expect(await verdictOn(resourceServer, unsecured)).toBe('ERR_TOKEN_ALGORITHM')
  },
)

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
  'refuses a token that is authenticated with %s as its secret, before and after the keys are known',
  async (toSecret) => {
    const { authorizationServer, resourceServer } = servers()
    const [jwk = {}] = authorizationServer.keySet().keys
    const keySet = await (await fetch(authorizationServer.jwksUri)).text()
    authorizationServer.resetCounters()
    const key = { secret: Buffer.from(toSecret(jwk, keySet)) }
    const forged = await Promise.all(
      (['HS256', 'HS384', 'HS512'] as const).flatMap((algorithm) => [
        authorizationServer.mint({}, { algorithm, key }),
        authorizationServer.mint({}, { algorithm, key, kid: null }),
        authorizationServer.mint({}, { algorithm, key, header: { alg: algorithm.toLowerCase() } }),
      ]),
    )
    for (const token of forged) expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ALGORITHM')
    expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
    for (const token of forged) expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ALGORITHM')

    // A lie about the algorithm is no help: what is verified is an RSA signature then.
    const lying = await authorizationServer.mint({}, { key, header: { alg: 'RS256' } })
    expect(await verdictOn(resourceServer, lying)).toBe('ERR_TOKEN_SIGNATURE')
  },
)

ruleForEach(
  'ALG-06',
  { HS256: 'HS256', PS256: 'PS256', RS512: 'RS512', none: 'none' },
  'lets no token choose %s for a key that names no algorithm, where RS256 alone is configured',
  async (alg) => {
    const { authorizationServer, protect } = servers()
    const own = createOwnKey('rsa')
    authorizationServer.publish([own.jwk])
    const resourceServer = protect({ algorithms: ['RS256'] })
    const header = { alg }
    expect(await verdictOn(resourceServer, await own.mint(authorizationServer, { header }))).toBe(
      'ERR_TOKEN_ALGORITHM',
    )
    expect(await verdictOn(resourceServer, await own.mint(authorizationServer))).toBe('accepted')
  },
)

ruleForEach(
  'ALG-08',
  { 'with alg': { alg: 'HS256' }, 'without alg': {}, 'that claims RS256': { alg: 'RS256' } },
  'refuses a token that is authenticated with a symmetric key of the key set %s',
  async (members) => {
    const { authorizationServer, resourceServer } = servers()
    const secret = Buffer.from('0123456789abcdef0123456789abcdef')
    const oct = { kty: 'oct', kid: 'k1', k: secret.toString('base64url'), ...members }
    authorizationServer.publish([oct, ...authorizationServer.keySet().keys])
    const token = await authorizationServer.mint({}, { key: { secret }, kid: 'k1' })
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ALGORITHM')
    const lying = await authorizationServer.mint({}, { key: { secret }, kid: 'k1', header: { alg: 'RS256' } })
    expect(await verdictOn(resourceServer, lying)).toBe('ERR_TOKEN_KEY')
    expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
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

ruleForEach('ALG-19', NOT_NAMES, 'refuses %s as alg', async (alg) => {
  const { authorizationServer, resourceServer } = servers()
  const token = await authorizationServer.mint({}, { header: { alg } })
  expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ALGORITHM')
  expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
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
  'refuses the algorithm %s, which is not supported',
  async (alg) => {
    const { authorizationServer, resourceServer, protect } = servers()
    const token = await authorizationServer.mint({}, { header: { alg } })
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ALGORITHM')
    expect(() => protect({ algorithms: [alg] })).toThrow(ConfigurationError)
    expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
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
