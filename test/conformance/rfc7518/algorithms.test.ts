import { createPublicKey } from 'node:crypto'
import { expect } from '@jest/globals'
import { ConfigurationError } from '@bearward/core'
import { createOwnKey, putTogether, takeApart } from '../../support/jws.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers({ algorithms: ['RS256', 'ES256', 'Ed25519'] })

/** What `createResourceServer` throws, given these algorithms. */
function configure(algorithms: readonly string[]): unknown {
  try {
    servers().protect({ algorithms })
  } catch (error) {
    return error
  }
  return undefined
}

ruleForEach(
  ['7518-3.2-a', '7518-3.2-b', 'ALG-15', 'ALG-20'],
  {
    HS256: ['HS256'],
    HS384: ['HS384'],
    HS512: ['HS512'],
    'HS256 among others': ['RS256', 'HS256'],
    none: ['none'],
    'none among others': ['RS256', 'none'],
    nothing: [],
    'an empty name': [''],
    'a name in lower case': ['rs256'],
    'an algorithm for encryption': ['RSA-OAEP'],
    'an algorithm that it does not know': ['ES256K'],
    'a weak algorithm': ['RS1'],
  },
  'cannot be configured with %s: there is no secret, and so no length and no comparison of one',
  (algorithms) => {
    expect(configure(algorithms)).toBeInstanceOf(ConfigurationError)
    expect(configure(algorithms)).toMatchObject({ option: 'algorithms', code: 'ERR_CONFIGURATION' })
    expect(configure(['RS256'])).toBeUndefined()
  },
)

ruleForEach(
  ['7518-3.6-a', 'ALG-01', 'ALG-02'],
  Object.fromEntries(
    ['none', 'None', 'NONE', 'nOnE', 'none ', ' none', 'none\0', 'nоne', '', 'null'].map((alg) => [
      JSON.stringify(alg),
      alg,
    ]),
  ),
  'refuses the algorithm %s with any signature, and asks for no keys',
  async (alg) => {
    const { authorizationServer, resourceServer } = servers()
    const good = await authorizationServer.mint()
    const { header, payload, signature } = takeApart(good)
    const unsecured = { ...(JSON.parse(header) as object), alg }
    for (const value of ['', 'x', signature, Buffer.alloc(256), Buffer.from('none')]) {
      const token = putTogether(unsecured, payload, value)
      expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ALGORITHM')
    }
    expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    expect(await verdictOn(resourceServer, good)).toBe('accepted')
  },
)

rule(['7518-3.6-a', 'ALG-01'], 'refuses an unsecured token whose header has nothing but alg', async () => {
  const { authorizationServer, resourceServer } = servers()
  const { payload } = takeApart(await authorizationServer.mint())
  expect(await verdictOn(resourceServer, putTogether({ alg: 'none' }, payload, ''))).toBe('ERR_TOKEN_TYPE')
  const typed = await authorizationServer.mint({}, { signature: 'none' })
  expect(await verdictOn(resourceServer, typed)).toBe('ERR_TOKEN_ALGORITHM')
  expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
})

ruleForEach(
  ['7518-km-a', 'ALG-11'],
  {
    'RS256 with an EC key': ['P-256', 'RS256'],
    'PS256 with an EC key': ['P-256', 'PS256'],
    'EdDSA with an EC key': ['P-256', 'EdDSA'],
    'Ed25519 with an EC key': ['P-256', 'Ed25519'],
    'ES256 with an RSA key': ['rsa', 'ES256'],
    'EdDSA with an RSA key': ['rsa', 'EdDSA'],
    'ES256 with an Ed25519 key': ['ed25519', 'ES256'],
    'RS256 with an Ed25519 key': ['ed25519', 'RS256'],
  } as const,
  'finds no key for %s',
  async ([kind, alg]) => {
    const { authorizationServer, resourceServer } = servers()
    const own = createOwnKey(kind)
    authorizationServer.publish([own.jwk])
    const token = await own.mint(authorizationServer, { header: { alg } })
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_KEY')
    const unnamed = await own.mint(authorizationServer, { header: { alg, kid: undefined } })
    expect(await verdictOn(resourceServer, unnamed)).toBe('ERR_TOKEN_KEY')
    expect(await verdictOn(resourceServer, await own.mint(authorizationServer))).toBe('accepted')
  },
)

rule(['7518-km-a', 'ALG-03'], 'refuses an HS256 token made with the text of the public key', async () => {
  const { authorizationServer, resourceServer } = servers()
  const own = createOwnKey('rsa')
  authorizationServer.publish([own.jwk])
  const pem = createPublicKey(own.privateKey).export({ format: 'pem', type: 'spki' })
  for (const text of [String(pem), JSON.stringify(own.jwk)]) {
    const key = { secret: Buffer.from(text) }
    const token = await authorizationServer.mint({}, { algorithm: 'HS256', key, kid: 'own' })
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ALGORITHM')
  }
  expect(await verdictOn(resourceServer, await own.mint(authorizationServer))).toBe('accepted')
})

rule('9068-alg-a', 'accepts RS256 without being told', async () => {
  const { authorizationServer, resourceServer } = servers()
  const token = await authorizationServer.mint({}, { algorithm: 'RS256' })
  expect(JSON.parse(takeApart(token).header)).toMatchObject({ alg: 'RS256' })
  expect(await verdictOn(resourceServer, token)).toBe('accepted')
  const corrupt = await authorizationServer.mint({}, { algorithm: 'RS256', signature: 'corrupt' })
  expect(await verdictOn(resourceServer, corrupt)).toBe('ERR_TOKEN_SIGNATURE')
})

ruleForEach(
  ['9864-2-a', '8037-3.1-a', 'ALG-21'],
  { Ed25519: 'Ed25519', EdDSA: 'EdDSA' } as const,
  'accepts %s with an Ed25519 key where it is configured, and the other name only where that is',
  async (alg) => {
    const { authorizationServer, protect } = servers()
    const own = createOwnKey('ed25519')
    authorizationServer.publish([own.jwk])
    const token = await own.mint(authorizationServer, { header: { alg } })
    const other = alg === 'EdDSA' ? 'Ed25519' : 'EdDSA'
    expect(await verdictOn(protect(), token)).toBe('accepted')
    expect(await verdictOn(protect({ algorithms: [alg] }), token)).toBe('accepted')
    expect(await verdictOn(protect({ algorithms: [other] }), token)).toBe('ERR_TOKEN_ALGORITHM')
    authorizationServer.publish([{ ...own.jwk, alg }])
    expect(await verdictOn(protect(), token)).toBe('accepted')
    authorizationServer.publish([{ ...own.jwk, alg: other }])
    expect(await verdictOn(protect(), token)).toBe('ERR_TOKEN_KEY')
  },
)

rule(
  ['8037-3.1-a', '9864-2-a'],
  'verifies nothing with an Ed448 key, whatever its algorithm is called',
  async () => {
    const { authorizationServer, resourceServer, protect } = servers()
    const [own, good] = [createOwnKey('ed448'), createOwnKey('ed25519', 'good')]
    authorizationServer.publish([own.jwk, { ...own.jwk, alg: 'EdDSA' }, good.jwk])
    const verdict = async (alg: string, configured = resourceServer): Promise<string> =>
      verdictOn(configured, await own.mint(authorizationServer, { header: { alg } }))
    expect(await verdict('EdDSA')).toBe('ERR_TOKEN_KEY')
    expect(await verdict('EdDSA', protect({ algorithms: ['EdDSA'] }))).toBe('ERR_TOKEN_KEY')
    expect(await verdict('Ed25519')).toBe('ERR_TOKEN_KEY')
    expect(await verdict('Ed448')).toBe('ERR_TOKEN_ALGORITHM')
    expect(configure(['Ed448'])).toMatchObject({ option: 'algorithms' })
    const token = await good.mint(authorizationServer, { header: { alg: 'EdDSA' } })
    expect(await verdictOn(protect({ algorithms: ['EdDSA'] }), token)).toBe('accepted')
  },
)

rule('8037-3.1-a', 'verifies nothing with an X25519 key, which cannot sign', async () => {
  const { authorizationServer, resourceServer } = servers()
  const [own, good] = [createOwnKey('x25519'), createOwnKey('ed25519', 'good')]
  authorizationServer.publish([own.jwk, { ...own.jwk, use: 'sig', alg: 'EdDSA' }, good.jwk])
  for (const alg of ['EdDSA', 'Ed25519']) {
    const token = await good.mint(authorizationServer, { header: { alg, kid: 'own' } })
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_KEY')
  }
  expect(await verdictOn(resourceServer, await good.mint(authorizationServer))).toBe('accepted')
})
