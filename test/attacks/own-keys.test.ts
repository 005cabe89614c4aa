import { createHash } from 'node:crypto'
import { expect } from '@jest/globals'
import { createOwnKey, putTogether, takeApart, type OwnKey } from '../support/jws.js'
import { rule } from '../support/rule.js'
import { createRecallingServers } from '../support/recalled.js'
import { createVirtualServers } from '../support/virtual-servers.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere()
const rsaKey = createOwnKey('rsa')

/** Publishes keys beside those of the authorization server. */
function publish(...keys: readonly unknown[]): void {
  const { authorizationServer } = everywhere()
  authorizationServer.publish([...keys, ...authorizationServer.keySet().keys])
}

/** Claims and header of a good token, for a key with this name. */
async function prepare(
  alg: string,
  kid: string,
): Promise<{ readonly header: string; readonly payload: string }> {
  const { payload } = takeApart(await everywhere().authorizationServer.mint())
  return { header: JSON.stringify({ alg, typ: 'at+jwt', kid }), payload }
}

rule(
  'OWN-19',
  'believes no signature under an RSA key with the exponent 1, which signs by itself',
  async () => {
    const { n } = rsaKey.jwk
    publish({ kty: 'RSA', kid: 'one', n, e: 'AQ' })
    const { header, payload } = await prepare('RS256', 'one')
    const [first, second] = putTogether(header, payload, '').split('.')
    const digest = createHash('sha256')
      .update(`${String(first)}.${String(second)}`)
      .digest()
    const info = Buffer.concat([Buffer.from('3031300d060960864801650304020105000420', 'hex'), digest])
    const padding = Buffer.alloc(256 - info.length - 3, 0xff)
    const signature = Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), info])
    const attack = putTogether(header, payload, signature)
    await everywhere().refuses({ attack, code: 'ERR_TOKEN_KEY', asks: 'new keys' })
  },
)

rule(
  'OWN-20',
  'believes no signature under an Ed25519 key of small order, which anybody can make',
  async () => {
    const identity = Buffer.from(`01${'00'.repeat(31)}`, 'hex')
    publish({ kty: 'OKP', crv: 'Ed25519', kid: 'small', x: identity.toString('base64url') })
    const { header, payload } = await prepare('EdDSA', 'small')
    const attack = putTogether(header, payload, Buffer.concat([identity, Buffer.alloc(32)]))
    await everywhere().refuses({ attack, code: 'ERR_TOKEN_KEY', asks: 'new keys' })
    const own = createOwnKey('ed25519', 'good')
    publish(own.jwk)
    await everywhere().accepts(await own.mint(everywhere().authorizationServer, { header: { alg: 'EdDSA' } }))
  },
)

rule('OWN-21', 'finds no key by a name that only looks like its own', async () => {
  const own = createOwnKey('P-256', 'k\u00e9y-A')
  publish(own.jwk)
  const { authorizationServer, refuses } = everywhere()
  const twin = await own.mint(authorizationServer)
  for (const kid of [
    'k\u00c9y-a',
    'ke\u0301y-A',
    'k\u00e9y-A ',
    ' k\u00e9y-A',
    'k\u00e9y-A\0',
    'k\u00e9y-',
  ]) {
    const attack = await own.mint(authorizationServer, { header: { kid } })
    await refuses({ attack, twin, code: 'ERR_TOKEN_KEY', asks: 'new keys' })
  }
})

rule('OWN-22', 'does not take a number for the text that it prints as, in key and token', async () => {
  const [text, number] = [createOwnKey('P-256', '1'), createOwnKey('P-256', '2')]
  publish(text.jwk, { ...number.jwk, kid: 2 })
  const { authorizationServer, refuses } = everywhere()
  const twin = await text.mint(authorizationServer)
  const asNumber = await text.mint(authorizationServer, { header: { kid: 1 } })
  await refuses({ attack: asNumber, twin, code: 'ERR_TOKEN_HEADER' })
  const ofNumber = await number.mint(authorizationServer)
  await refuses({ attack: ofNumber, twin, code: 'ERR_TOKEN_KEY', asks: 'new keys' })
})

rule('OWN-23', 'takes no member of a key from its __proto__', async () => {
  const [hidden, open] = [createOwnKey('P-256', 'hidden'), createOwnKey('P-256', 'open')]
  const nested = JSON.parse(`{"kid":"hidden","__proto__":${JSON.stringify(hidden.jwk)}}`) as object
  publish(nested, JSON.parse(JSON.stringify(open.jwk).replace('{', '{"__proto__":{"use":"enc"},')))
  const { authorizationServer, refuses } = everywhere()
  const [attack, twin] = [await hidden.mint(authorizationServer), await open.mint(authorizationServer)]
  await refuses({ attack, twin, code: 'ERR_TOKEN_KEY', asks: 'new keys' })
})

rule('OWN-24', 'looks for no key whose name is longer than any name', async () => {
  const { authorizationServer, refuses } = everywhere()
  const attack = await authorizationServer.mint({}, { kid: 'k'.repeat(257), key: 'unpublished' })
  await refuses({ attack, code: 'ERR_TOKEN_KEY', asks: 'keys' })
  const shorter = await authorizationServer.mint({}, { kid: 'k'.repeat(256), key: 'unpublished' })
  await refuses({ attack: shorter, code: 'ERR_TOKEN_KEY', asks: 'new keys' })
})

rule('OWN-25', 'has the key set fetched once for forged tokens that say they are newer than it', async () => {
  const { clock, authorizationServer, verdictOn, verdict } = await createVirtualServers()
  expect(await verdict()).toBe('accepted')
  await clock.advance(20)
  for (let time = 0; time < 40; time += 1) {
    const iat = clock.now() + (time % 50)
    const forged = await authorizationServer.mint({ iat }, { signature: 'corrupt' })
    expect(await verdictOn(forged)).toBe('ERR_TOKEN_SIGNATURE')
  }
  expect(authorizationServer.requests).toMatchObject({ jwks: 2, metadata: 2 })
  expect(await verdict()).toBe('accepted')
})

rule('OWN-26', 'restores a key for no more than it was published for', async () => {
  const own = rsaKey
  const first = await createVirtualServers()
  first.authorizationServer.publish([{ ...own.jwk, alg: 'RS256', use: 'sig' }])
  await first.resourceServer.warmUp()
  const snapshot: unknown = JSON.parse(JSON.stringify(first.resourceServer.snapshot()))
  const second = await createVirtualServers()
  second.authorizationServer.behave('jwks', { fault: 'refuse' })
  expect(await second.resourceServer.restore(snapshot)).toHaveLength(1)
  await second.clock.settle()
  const pss = { padding: 6, saltLength: 32 } // RSA_PKCS1_PSS_PADDING
  const attack = await own.mint(second.authorizationServer, { header: { alg: 'PS256' }, ...pss })
  expect(await second.verdictOn(attack)).toBe('ERR_TOKEN_KEY')
  expect(await second.verdictOn(await own.mint(second.authorizationServer))).toBe('accepted')
})

rule('OWN-27', 'keeps the verdict of a key out of the hands of another key with the same name', async () => {
  const [old, young] = [createOwnKey('P-256', 'k'), createOwnKey('P-256', 'k')]
  const { authorizationServer, clock, resourceServer, verdictOn, kept } = await createRecallingServers()
  authorizationServer.publish([old.jwk])
  const token = await old.mint(authorizationServer, { claims: { exp: clock.now() + 86_000 } })
  for (let time = 0; time < 3; time += 1) expect(await verdictOn(token)).toBe('accepted')
  expect(kept(token)?.token).toBe(token)
  authorizationServer.publish([young.jwk])
  await clock.advance(601)
  expect(await verdictOn(await young.mint(authorizationServer))).toBe('accepted')
  expect([kept(token), await verdictOn(token)]).toEqual([undefined, 'ERR_TOKEN_SIGNATURE'])
  resourceServer.close()
})

rule(
  'OWN-90',
  'refuses no token without a kid for a look that began before its key was published',
  async () => {
    const [first, second] = [createOwnKey('P-256'), createOwnKey('P-256')]
    const [third, other] = [createOwnKey('P-256'), createOwnKey('P-256')]
    const { authorizationServer, clock, substitute, verdictOn } = await createVirtualServers()
    const nameless = ({ jwk: { kid: _kid, ...jwk } }: OwnKey) => [jwk]
    const mint = (key: OwnKey) =>
      key.mint(authorizationServer, { header: { kid: undefined }, claims: { iat: clock.now() + 1 } })
    authorizationServer.publish(nameless(first))
    expect(await verdictOn(await mint(first))).toBe('accepted')
    await clock.advance(100)
    authorizationServer.publish(nameless(second))
    authorizationServer.behave('jwks', { delay: 1 })
    const forged = verdictOn(await mint(other))
    await clock.advance(0.5)
    substitute((url) => (url.includes('jwks') ? Response.json({ keys: nameless(second) }) : undefined))
    const good = verdictOn(await mint(third))
    await clock.advance(2)
    expect([await forged, await good]).toEqual(['ERR_TOKEN_SIGNATURE', 'ERR_KEY_SEARCH_LIMIT'])
    await clock.advance(31)
    authorizationServer.publish(nameless(third))
    substitute(undefined)
    const later = verdictOn(await mint(third))
    await clock.advance(2)
    expect(await later).toBe('accepted')
  },
)
