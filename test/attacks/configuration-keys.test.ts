import { createPublicKey } from 'node:crypto'
import { expect } from '@jest/globals'
import { optionAtFault } from '../support/configuration.js'
import { createOwnKey, putTogether, takeApart } from '../support/jws.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'
import { createVirtualServers } from '../support/virtual-servers.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere({ algorithms: ['RS256'] })
const own = createOwnKey('rsa')
const OPTIONS = { issuer: 'https://as.example.com', audience: AUDIENCE }

/** Names under which other libraries take a key from the configuration. */
const KEY_OPTIONS = ['key', 'keys', 'secret', 'secretOrKey', 'publicKey', 'jwk', 'jwks', 'cert', 'getKey']

/** What goes before a PEM, and once made a public key an HMAC secret. */
const PREFIXES: Readonly<Record<string, string>> = {
  nothing: '',
  'a space': ' ',
  'a tab': '\t',
  'a line break': '\n',
  'a byte order mark': '\ufeff',
  'a character of no width': '\u200b',
  'a comment': '# key of the issuer\n',
}

ruleForEach(
  'ALG-04',
  PREFIXES,
  'takes no key from the configuration, in a PEM with %s before it or otherwise, and none for a secret',
  async (prefix) => {
    const pem = prefix + String(createPublicKey(own.privateKey).export({ format: 'pem', type: 'spki' }))
    for (const name of KEY_OPTIONS) expect(optionAtFault({ ...OPTIONS, [name]: pem })).toBe(name)
    expect(optionAtFault(OPTIONS)).toBeUndefined()
    const { authorizationServer, refuses } = everywhere()
    authorizationServer.publish([own.jwk])
    const attack = await authorizationServer.mint({}, { key: { secret: Buffer.from(pem) }, kid: 'own' })
    await refuses({ attack, twin: await own.mint(authorizationServer), code: 'ERR_TOKEN_ALGORITHM' })
  },
)

ruleForEach(
  'ALG-09',
  { HS256: 'HS256', HS384: 'HS384', HS512: 'HS512' } as const,
  'refuses everywhere a token that is authenticated by %s with an empty secret',
  async (algorithm) => {
    const { authorizationServer, refuses } = everywhere()
    const attack = await authorizationServer.mint({}, { algorithm, key: { secret: Buffer.alloc(0) } })
    await refuses({ attack, code: 'ERR_TOKEN_ALGORITHM' })
    const claimed = await authorizationServer.mint(
      {},
      { algorithm, key: { secret: Buffer.alloc(0) }, header: { alg: 'RS256' } },
    )
    await refuses({ attack: claimed, code: 'ERR_TOKEN_SIGNATURE', asks: 'keys' })
  },
)

ruleForEach(
  'ALG-10',
  { 'an empty text': '', null: null, 'an empty list': [], false: false },
  'is not made with %s where keys come from: nothing to verify with is not nothing to verify',
  async (nothing) => {
    for (const name of ['jwksUri', 'algorithms', 'issuer', 'fetch']) {
      expect(optionAtFault({ ...OPTIONS, [name]: nothing })).toBe(name)
    }
    const { authorizationServer, refuses } = everywhere()
    const twin = await authorizationServer.mint()
    const { header, payload } = takeApart(twin)
    await refuses({ attack: putTogether(header, payload, ''), twin, code: 'ERR_TOKEN_SIGNATURE' })
  },
)

rule('ALG-10', 'accepts nothing while the authorization server publishes no key', async () => {
  for (const published of [[], [{}], [null]]) {
    const { authorizationServer: empty, verdict } = await createVirtualServers()
    empty.publish(published)
    expect(await verdict()).toBe('ERR_KEY_SET_INVALID')
  }
  const { verdict } = await createVirtualServers()
  expect(await verdict()).toBe('accepted')
})
