import { expect } from '@jest/globals'
import { createOwnKey, putTogether, takeApart } from '../support/jws.js'
import { judge, requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const servers = useServers({ algorithms: ['ES256', 'RS256'] })

/** The order of the group of P-256, RFC 6090 and FIPS 186-4, D.1.2.3. */
const ORDER = 0xffffffff_00000000_ffffffff_ffffffff_bce6faad_a7179e84_f3b9cac2_fc632551n
const toBytes = (integer: bigint): Buffer => Buffer.from(integer.toString(16).padStart(64, '0'), 'hex')
const toInteger = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`)

ruleForEach(
  'ALG-16',
  {
    'r = 0, s = 0': [0n, 0n],
    'r = 0, s = 1': [0n, 1n],
    'r = 1, s = 0': [1n, 0n],
    'r = 1, s = 1': [1n, 1n],
    'r = n, s = n': [ORDER, ORDER],
    'r = n, s = 1': [ORDER, 1n],
    'r = 1, s = n': [1n, ORDER],
    'r = n - 1, s = n - 1': [ORDER - 1n, ORDER - 1n],
    'r = n + 1, s = n + 1': [ORDER + 1n, ORDER + 1n],
    'r and s as large as can be': [2n ** 256n - 1n, 2n ** 256n - 1n],
  } as const,
  'refuses an ES256 signature with %s',
  async ([r, s]) => {
    const { authorizationServer, resourceServer } = servers()
    const good = await authorizationServer.mint()
    const { header, payload } = takeApart(good)
    const forged = putTogether(header, payload, Buffer.concat([toBytes(r), toBytes(s)]))
    expect(await verdictOn(resourceServer, forged)).toBe('ERR_TOKEN_SIGNATURE')
    expect(await verdictOn(resourceServer, good)).toBe('accepted')
  },
)

ruleForEach(
  'ALG-16',
  { r: 0, s: 1 } as const,
  'refuses a good ES256 signature whose %s has the order of the group added to it',
  async (index) => {
    const { authorizationServer, resourceServer } = servers()
    const good = await authorizationServer.mint()
    const { header, payload, signature } = takeApart(good)
    const integers = [toInteger(signature.subarray(0, 32)), toInteger(signature.subarray(32))]
    const spoilt = integers.map((integer, position) =>
      position === index ? (integer + ORDER) % 2n ** 256n : integer,
    )
    const forged = putTogether(header, payload, Buffer.concat(spoilt.map(toBytes)))
    expect(await verdictOn(resourceServer, forged)).toBe('ERR_TOKEN_SIGNATURE')
    expect(await verdictOn(resourceServer, good)).toBe('accepted')
  },
)

rule('SIG-04', 'takes the second valid ECDSA signature for what it is: the same token', async () => {
  const { authorizationServer, resourceServer } = servers()
  const good = await authorizationServer.mint({ jti: 'same' })
  const { header, payload, signature } = takeApart(good)
  const [r, s] = [signature.subarray(0, 32), toInteger(signature.subarray(32))]
  const twin = putTogether(header, payload, Buffer.concat([r, toBytes(ORDER - s)]))
  expect(twin).not.toBe(good)
  for (const token of [good, twin]) {
    expect(await judge(resourceServer, requestWithToken(token))).toMatchObject({
      verdict: 'accepted',
      auth: { token, claims: { jti: 'same' } },
    })
  }
})

rule('ALG-17', 'refuses an ES256 signature in DER, of any length', async () => {
  const { authorizationServer, resourceServer } = servers()
  const own = createOwnKey('P-256')
  authorizationServer.publish([own.jwk])
  for (let index = 0; index < 8; index += 1) {
    const token = await own.mint(authorizationServer, { dsaEncoding: 'der' })
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_SIGNATURE')
  }
  expect(await verdictOn(resourceServer, await own.mint(authorizationServer))).toBe('accepted')
})

ruleForEach(
  'ALG-18',
  { 'one byte less': -1, 'one byte more': 1, 'as much again': 256 },
  'refuses an RS256 signature with %s',
  async (change) => {
    const { authorizationServer, resourceServer } = servers()
    const good = await authorizationServer.mint({}, { algorithm: 'RS256' })
    const { header, payload, signature } = takeApart(good)
    const changed =
      change < 0 ? signature.subarray(0, change) : Buffer.concat([signature, Buffer.alloc(change)])
    expect(await verdictOn(resourceServer, putTogether(header, payload, changed))).toBe('ERR_TOKEN_SIGNATURE')
    expect(await verdictOn(resourceServer, good)).toBe('accepted')
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
    const { authorizationServer, resourceServer } = servers()
    const [rsa] = authorizationServer.keySet().keys.filter((key) => key.alg === 'RS256')
    authorizationServer.publish([{ ...rsa, kid: 'rsa' }])
    const options = { algorithm, header: { alg }, kid: 'rsa' } as const
    expect(await verdictOn(resourceServer, await sign(options))).toBe(code)
    expect(await verdictOn(resourceServer, await sign({ algorithm: 'RS256', kid: 'rsa' }))).toBe('accepted')
  },
)

/** Signs with the one RSA key of the key set, by whatever algorithm. */
function sign(options: {
  readonly algorithm: 'RS256' | 'RS512' | 'PS256'
  readonly header?: Readonly<Record<string, unknown>>
  readonly kid: string
}): Promise<string> {
  return servers().authorizationServer.mint({}, options)
}
