import { expect } from '@jest/globals'
import type { CommonOptions, IssuerOptions } from '@bearward/core'
import { createOwnKey } from '../support/jws.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { createVirtualServers } from '../support/virtual-servers.js'

const ELSEWHERE = 'https://keys.example.net/jwks'
const OPENID_METADATA = 'https://as.example.com/.well-known/openid-configuration'

/** A resource server with the keys of its issuer, and another key that is published elsewhere. */
async function prepare(options: CommonOptions & Partial<IssuerOptions> = {}) {
  const servers = await createVirtualServers(options)
  const { authorizationServer, resourceServer, substitute, verdict } = servers
  const { issuer, metadataUrl, jwksUri } = authorizationServer
  const moved = createOwnKey('P-256', 'moved')
  expect(await verdict()).toBe('accepted')
  authorizationServer.resetCounters()
  const asked: string[] = []
  return {
    ...servers,
    /** URLs that were asked for since the metadata were changed. */
    asked,
    verdictOnMoved: async () => verdictOn(resourceServer, await moved.mint(authorizationServer)),
    /** Answers the metadata with these members, and publishes the other key at the other address. */
    changeMetadata(members: Readonly<Record<string, unknown>> = { jwks_uri: ELSEWHERE }) {
      const metadata = { issuer, jwks_uri: jwksUri, ...members }
      substitute((url) => {
        asked.push(url)
        if (url === metadataUrl) return Response.json(metadata)
        return url === ELSEWHERE ? Response.json({ keys: [moved.jwk] }) : undefined
      })
    },
  }
}

rule(
  'ISS-10',
  'follows the metadata to keys elsewhere when they are refreshed, and forgets the old ones',
  async () => {
    const { clock, authorizationServer, changeMetadata, verdict, verdictOnMoved } = await prepare()
    changeMetadata()
    await clock.advance(400)
    expect(await verdict()).toBe('accepted')
    expect(authorizationServer.requests.other).toBe(0)
    await clock.advance(200)
    expect(await verdictOnMoved()).toBe('accepted')
    expect(await verdict()).toBe('ERR_TOKEN_KEY')
  },
)

rule('ISS-10', 'follows the metadata with the first token of a key that is elsewhere', async () => {
  const { clock, authorizationServer, changeMetadata, verdictOnMoved } = await prepare()
  await clock.advance(10)
  expect(await verdictOnMoved()).toBe('ERR_TOKEN_KEY')
  await clock.advance(30)
  changeMetadata()
  authorizationServer.resetCounters()
  expect(await verdictOnMoved()).toBe('accepted')
  expect(authorizationServer.requests).toMatchObject({ metadata: 1, jwks: 1, other: 1 })
})

rule('ISS-10', 'follows the metadata where the key set is gone from its old address', async () => {
  const { clock, authorizationServer, verdict } = await prepare()
  authorizationServer.moveKeySet()
  await authorizationServer.rotateKeys()
  await clock.advance(1)
  expect(await verdict()).toBe('accepted')
})

ruleForEach(
  ['ISS-09', 'ISS-10'],
  {
    'plain http': 'http://as.example.com/jwks',
    'plain http on this machine': 'http://127.0.0.1:1/jwks',
    'the machine of the cloud': 'http://169.254.169.254/jwks',
    'a file': 'file:///etc/passwd',
    'user information': 'https://as.example.com@keys.example.net/jwks',
    'no address': '',
    'a relative reference': '/jwks',
    'a list': [ELSEWHERE],
    'a number': 1,
    nothing: null,
  },
  'follows no metadata that name %s as the address of the keys, and goes on with the old one',
  async (jwksUri) => {
    const servers = await prepare()
    const { clock, authorizationServer, asked, resourceServer, changeMetadata, verdict, verdictOnMoved } =
      servers
    changeMetadata({ jwks_uri: jwksUri })
    await authorizationServer.rotateKeys()
    await clock.advance(600)
    expect(resourceServer.health().authorizationServers[0]?.lastError?.code).toBe('ERR_METADATA_INVALID')
    expect(await verdict()).toBe('accepted')
    expect(await verdictOnMoved()).toBe('ERR_METADATA_INVALID')
    const { metadataUrl, jwksUri: known } = authorizationServer
    expect(new Set(asked)).toEqual(new Set([metadataUrl, OPENID_METADATA, known]))
    changeMetadata()
    await clock.advance(600)
    expect(await verdictOnMoved()).toBe('accepted')
  },
)

ruleForEach(
  ['ISS-08', 'ISS-10'],
  {
    'the configured one with a slash': 'https://as.example.com/',
    'that of the attacker': 'https://evil.example.com',
    'in capitals': 'https://AS.example.com',
    'a list of the configured one': ['https://as.example.com'],
    missing: undefined,
  },
  'uses nothing of new metadata whose issuer is %s, and goes on with those before',
  async (issuer) => {
    const { clock, changeMetadata, verdict, verdictOnMoved } = await prepare()
    changeMetadata({ issuer, jwks_uri: ELSEWHERE })
    await clock.advance(1_200)
    expect(await verdictOnMoved()).toBe('ERR_METADATA_INVALID')
    expect(await verdict()).toBe('accepted')
    changeMetadata()
    await clock.advance(600)
    expect(await verdictOnMoved()).toBe('accepted')
  },
)
