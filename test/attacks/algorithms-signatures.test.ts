import { expect } from '@jest/globals'
import { createOwnKey, P256_ORDER, putTogether, takeApart, withOtherSignature } from '../support/jws.js'
import { judge, requestWithToken } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere({ algorithms: ['ES256', 'RS256'] })
const servers = useServers({ algorithms: ['ES256', 'RS256'] })

const toBytes = (integer: bigint): Buffer => Buffer.from(integer.toString(16).padStart(64, '0'), 'hex')
const toInteger = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`)

ruleForEach(
  'ALG-16',
  {
    'r = 0, s = 0': [0n, 0n],
    'r = 0, s = 1': [0n, 1n],
    'r = 1, s = 0': [1n, 0n],
    'r = 1, s = 1': [1n, 1n],
    'r = n, s = n': [P256_ORDER, P256_ORDER],
    'r = n, s = 1': [P256_ORDER, 1n],
    'r = 1, s = n': [1n, P256_ORDER],
    'r = n - 1, s = n - 1': [P256_ORDER - 1n, P256_ORDER - 1n],
    'r = n + 1, s = n + 1': [P256_ORDER + 1n, P256_ORDER + 1n],
    'r and s as large as can be': [2n ** 256n - 1n, 2n ** 256n - 1n],
  } as const,
  'refuses an ES256 signature with %s',
  async ([r, s]) => {
    const twin = await everywhere().authorizationServer.mint()
    const { header, payload } = takeApart(twin)
    const attack = putTogether(header, payload, Buffer.concat([toBytes(r), toBytes(s)]))
    await everywhere().refuses({ attack, twin, code: 'ERR_TOKEN_SIGNATURE', asks: 'keys' })
  },
)

ruleForEach(
  'ALG-16',
  { r: 0, s: 1 } as const,
  'refuses a good ES256 signature whose %s has the order of the group added to it',
  async (index) => {
    const twin = await everywhere().authorizationServer.mint()
    const { header, payload, signature } = takeApart(twin)
    const integers = [toInteger(signature.subarray(0, 32)), toInteger(signature.subarray(32))]
    const spoilt = integers.map((integer, position) =>
      position === index ? (integer + P256_ORDER) % 2n ** 256n : integer,
    )
    const attack = putTogether(header, payload, Buffer.concat(spoilt.map(toBytes)))
    await everywhere().refuses({ attack, twin, code: 'ERR_TOKEN_SIGNATURE', asks: 'keys' })
  },
)

rule('SIG-04', 'takes the second valid ECDSA signature for what it is: the same token', async () => {
  const { authorizationServer, resourceServer } = servers()
  const good = await authorizationServer.mint({ jti: 'same', sub: 'alice' })
  const twin = withOtherSignature(good)
  expect(twin).not.toBe(good)
  for (const token of [good, twin]) {
    expect(await judge(resourceServer, requestWithToken(token))).toMatchObject({
      verdict: 'accepted',
      auth: { token, claims: { jti: 'same' } },
    })
  }
  const token = withOtherSignature(await everywhere().authorizationServer.mint({ sub: 'alice' }))
  await everywhere().accepts(token, {}, expect.objectContaining({ subject: 'alice' }))
})

rule('ALG-17', 'refuses everywhere an ES256 signature in DER, of any length', async () => {
  const { authorizationServer, refuses } = everywhere()
  const own = createOwnKey('P-256')
  authorizationServer.publish([own.jwk])
  const twin = await own.mint(authorizationServer)
  for (let index = 0; index < 4; index += 1) {
    const attack = await own.mint(authorizationServer, { dsaEncoding: 'der' })
    await refuses({ attack, twin, code: 'ERR_TOKEN_SIGNATURE', asks: 'keys' })
  }
})

ruleForEach(
  'ALG-18',
  { none: -256, 'one byte less': -1, 'one byte more': 1, 'as much again': 256 },
  'refuses everywhere an RS256 signature with %s',
  async (change) => {
    const twin = await everywhere().authorizationServer.mint({}, { algorithm: 'RS256' })
    const { header, payload, signature } = takeApart(twin)
    const changed =
      change < 0 ? signature.subarray(0, change) : Buffer.concat([signature, Buffer.alloc(change)])
    const attack = putTogether(header, payload, changed)
    // An empty one is refused before the keys are fetched.
    const asks = changed.length === 0 ? 'nothing' : 'keys'
    await everywhere().refuses({ attack, twin, code: 'ERR_TOKEN_SIGNATURE', asks })
  },
)

ruleForEach(
  'ALG-07',
  {
    'RS256 in the header, PS256 in the signature': ['PS256', 'RS256', 'ERR_TOKEN_SIGNATURE'],
    'PS256 in header and signature': ['PS256', 'PS256', 'ERR_TOKEN_KEY'],
    'RS512 in header and signature': ['RS512', 'RS512', 'ERR_TOKEN_KEY'],
    'ES256 in the header, RS256 in the signature': ['RS256', 'ES256', 'ERR_TOKEN_KEY'],
  } as const,
  'refuses, for a key that names RS256, a token with %s',
  async ([algorithm, alg, code]) => {
    const { authorizationServer, refuses } = everywhere()
    const [rsa] = authorizationServer.keySet().keys.filter((key) => key.alg === 'RS256')
    authorizationServer.publish([{ ...rsa, kid: 'rsa' }])
    const sign = (options: { readonly algorithm: typeof algorithm | 'RS256'; readonly header?: object }) =>
      authorizationServer.mint({}, { ...options, header: { ...options.header }, kid: 'rsa' })
    const [attack, twin] = [await sign({ algorithm, header: { alg } }), await sign({ algorithm: 'RS256' })]
    await refuses({ attack, twin, code, asks: code === 'ERR_TOKEN_KEY' ? 'new keys' : 'keys' })
  },
)
