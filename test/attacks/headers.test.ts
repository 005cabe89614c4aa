import { deflateRawSync } from 'node:zlib'
import { expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { startAuthorizationServer } from '@bearward/testing'
import { createOwnKey, takeApart } from '../support/jws.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere()
const servers = useServers()

ruleForEach(
  'HDR-01',
  {
    'a policy that it does not understand': { crit: ['x-policy'], 'x-policy': 1 },
    'what it would use anyway': { crit: ['kid'] },
    'what it would ignore otherwise': { crit: ['jku'], jku: 'https://as.example.com/jwks' },
  },
  'refuses everywhere a token whose header calls critical %s',
  async (parameters) => {
    const { mint } = everywhere().authorizationServer
    const attack = await mint({}, { header: parameters })
    const twin = await mint({}, { header: { ...parameters, crit: undefined } })
    await everywhere().refuses({ attack, twin, code: 'ERR_TOKEN_HEADER' })
  },
)

ruleForEach(
  'HDR-06',
  {
    'on another port': () => 'http://127.0.0.1:9/jwks',
    'behind the name of the issuer': (issuer: string) => `${issuer}@evil.example/jwks`,
    'behind a redirect of the issuer': (issuer: string) => `${issuer}/redirect?to=http://evil.example/jwks`,
    'of the issuer itself': (issuer: string) => `${issuer}/jwks`,
    'in a private network': () => 'http://169.254.169.254/latest/meta-data',
    'in a file': () => 'file:///etc/passwd',
    'that is no address': () => ({ url: 'https://evil.example' }),
  },
  'asks for nothing at an address of keys %s',
  async (toJku) => {
    const { authorizationServer, protect } = servers()
    const requested: string[] = []
    const resourceServer = protect({
      fetch(url, init) {
        requested.push(url)
        return fetch(url, init)
      },
    })
    const attacker = createOwnKey('P-256', 'attacker')
    const jku: unknown = toJku(authorizationServer.issuer)
    for (const parameters of [{ jku }, { x5u: jku }]) {
      const forged = await attacker.mint(authorizationServer, { header: parameters })
      expect(await verdictOn(resourceServer, forged)).toBe('ERR_TOKEN_KEY')
      const good = await authorizationServer.mint({}, { header: parameters })
      expect(await verdictOn(resourceServer, good)).toBe('accepted')
    }
    const { metadataUrl, jwksUri } = authorizationServer
    expect(new Set(requested)).toEqual(new Set([metadataUrl, jwksUri]))
  },
)

ruleForEach(
  'HDR-11',
  {
    'a line break': 'k\r\nX-Injected: 1',
    'an escape sequence': '\u001b[31mred\u001b[0m',
    'a character that turns the text around': 'k\u202egnirts',
    'a NUL': 'k\0',
    'half a character': '\ud800',
    '8000 characters': 'k'.repeat(8_000),
    'a quote': 'k", error="none',
  },
  'says nothing of a kid with %s in its answer',
  async (kid) => {
    const { authorizationServer, refuses, accepts } = everywhere()
    const own = createOwnKey('P-256', kid)
    const token = await own.mint(authorizationServer)
    const asks = kid.length > 256 ? 'keys' : 'new keys' // which nobody looks for
    await refuses({ attack: token, code: 'ERR_TOKEN_KEY', asks })
    authorizationServer.publish([own.jwk])
    await accepts(token)
  },
)

rule('HDR-11', 'refuses everywhere a kid of 16 KiB for its size alone', async () => {
  const attack = await everywhere().authorizationServer.mint({}, { kid: 'k'.repeat(16_384) })
  await everywhere().refuses({ attack, code: 'ERR_TOKEN_TOO_LARGE' })
})

const OTHER_TYPES: Readonly<Record<string, unknown>> = {
  JWT: 'JWT',
  id_token: 'id_token',
  'logout+jwt': 'logout+jwt',
  'dpop+jwt': 'dpop+jwt',
  'secevent+jwt': 'secevent+jwt',
  'token-introspection+jwt': 'token-introspection+jwt',
  'statuslist+jwt': 'statuslist+jwt',
  'client-authentication+jwt': 'client-authentication+jwt',
  nothing: undefined,
  'a list with the right one': ['at+jwt'],
  'an object': { 'at+jwt': true },
  null: null,
  'a number': 1,
  'text/at+jwt': 'text/at+jwt',
  'application/text/plain': 'application/text/plain',
  'at+jwt and something after it': 'at+jwt+x',
  'the type with a dotless i': 'applıcation/at+jwt',
}

ruleForEach(
  ['HDR-16', 'HDR-17'],
  OTHER_TYPES,
  'refuses everywhere a well-signed token whose typ is %s',
  async (typ) => {
    const attack = await everywhere().authorizationServer.mint({}, { header: { typ } })
    await everywhere().refuses({ attack, code: 'ERR_TOKEN_TYPE' })
  },
)

rule('HDR-17', 'accepts everywhere the type in each of its spellings', async () => {
  const { authorizationServer, accepts } = everywhere()
  for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/AT+JWT']) {
    await accepts(await authorizationServer.mint({}, { header: { typ } }))
  }
})

ruleForEach(
  'HDR-18',
  { DEF: 'DEF', GZ: 'GZ', 'a number': 1 },
  'inflates nothing on account of zip %s in the header',
  async (zip) => {
    const { authorizationServer, refuses } = everywhere()
    const twin = await authorizationServer.mint({ sub: 'user-1' }, { header: { zip } })
    const payload = deflateRawSync(takeApart(twin).payload)
    const attack = await authorizationServer.mint({}, { header: { zip }, payload })
    await refuses({ attack, twin, code: 'ERR_TOKEN_MALFORMED' })
  },
)

rule('ISS-04', 'keeps issuers and key identifiers apart, however they read one after the other', async () => {
  const victim = await startAuthorizationServer({ algorithms: ['ES256'], path: '/victim' })
  const attacker = await startAuthorizationServer({ algorithms: ['ES256'], path: '/attacker' })
  const resourceServer = createResourceServer({
    authorizationServers: [{ issuer: attacker.issuer }, { issuer: victim.issuer }],
    audience: AUDIENCE,
  })
  const [kid = ''] = victim.keySet().keys.map((key) => key.kid)
  const separators = [':', '|', ' ', '/', '#', '\0', ',', '']
  const kids = separators.flatMap((separator) => [
    [kid, victim.issuer].join(separator),
    [victim.issuer, kid].join(separator),
    ['ES256', kid, victim.issuer].join(separator),
    ['ES256', kid].join(separator),
    [kid, attacker.issuer].join(separator),
    [attacker.issuer, kid].join(separator),
  ])
  const keys = [kid, ...kids].map((name) => createOwnKey('P-256', name))
  attacker.publish(keys.map(({ jwk }) => jwk))
  const claims = { iat: Math.floor(Date.now() / 1000) - 60 } // no newer than the key set, however long this takes
  for (const key of keys) {
    expect(await verdictOn(resourceServer, await key.mint(attacker))).toBe('accepted')
    const code = key.jwk.kid === kid ? 'ERR_TOKEN_SIGNATURE' : 'ERR_TOKEN_KEY'
    expect(await verdictOn(resourceServer, await key.mint(victim, { claims }))).toBe(code)
    const misnamed = await key.mint(victim, { header: { kid }, claims })
    expect(await verdictOn(resourceServer, misnamed)).toBe('ERR_TOKEN_SIGNATURE')
  }
  expect(await verdictOn(resourceServer, await victim.mint())).toBe('accepted')
  await Promise.all([victim.close(), attacker.close()])
})
