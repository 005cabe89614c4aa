import { expect } from '@jest/globals'
import { createTokenSource } from '@bearward/client'
import { createResourceServer } from '@bearward/core'
import { optionAtFault } from '../../support/configuration.js'
import { createIntrospectingServers } from '../../support/introspection.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { AUDIENCE, useServers } from '../../support/servers.js'
import { verdictsOn } from '../../support/verdicts.js'

const servers = useServers()
const ISSUER = 'https://as.example.com'
const OTHER = 'https://other.example.com'

/** The verdict on a token for these audiences, where these are accepted. */
async function judge(aud: string | readonly string[], audience: string | readonly string[]): Promise<string> {
  const { authorizationServer } = servers()
  const resourceServer = createResourceServer({ issuer: authorizationServer.issuer, audience })
  try {
    return await verdictOn(resourceServer, await authorizationServer.mint({ aud }))
  } finally {
    resourceServer.close()
  }
}

ruleForEach(
  '8707-2-a',
  { 'a fragment': 'https://api.example.com/#f', 'no scheme': '/orders', 'no text': '' },
  'is named by an absolute URI, never by one with %s',
  (resource) => {
    const client = { issuer: ISSUER, clientId: 'client', clientSecret: 'secret' }
    expect(() => createTokenSource({ ...client, resource })).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIGURATION', option: 'resource' }),
    )
    expect(() => createTokenSource({ ...client, resource: AUDIENCE })).not.toThrow()
    const api = { issuer: ISSUER, audience: AUDIENCE }
    expect(optionAtFault({ ...api, resourceMetadata: { resource } })).toBe('resourceMetadata.resource')
    expect(optionAtFault({ ...api, resourceMetadata: { resource: AUDIENCE } })).toBeUndefined()
  },
)

rule('8707-2-b', 'accepts a token for any of its identifiers, and for no other', async () => {
  const audience = ['https://api/', 'urn:api']
  expect(await judge('https://api/', audience)).toBe('accepted')
  expect(await judge('urn:api', audience)).toBe('accepted')
  for (const aud of ['https://api/orders', 'urn:api:orders', OTHER]) {
    expect(await judge(aud, audience)).toBe('ERR_TOKEN_AUDIENCE')
  }
})

rule('8707-2-c', 'tells a slash at the end from none', async () => {
  const [withSlash, without] = ['https://api.example.com/', 'https://api.example.com']
  expect(await judge(withSlash, without)).toBe('ERR_TOKEN_AUDIENCE')
  expect(await judge(without, withSlash)).toBe('ERR_TOKEN_AUDIENCE')
  expect(await judge(without, [withSlash, without])).toBe('accepted')
  expect(await judge(withSlash, [withSlash, without])).toBe('accepted')
})

rule('8707-2.2-a', 'refuses a token for other APIs as well, where the configuration says so', async () => {
  const { authorizationServer, protect } = servers()
  const single = { authorizationServer, resourceServer: protect({ singleAudience: true }) }
  expect(await verdictsOn(single, { aud: [AUDIENCE, OTHER] })).toEqual(['ERR_TOKEN_AUDIENCE', 'accepted'])
  expect(await verdictsOn(single, { aud: [AUDIENCE] })).toEqual(['accepted', 'accepted'])
  expect(await verdictsOn(single, { aud: [AUDIENCE, AUDIENCE] })).toEqual(['accepted', 'accepted'])
  expect(await judge([AUDIENCE, OTHER], AUDIENCE)).toBe('accepted')
})

rule('8707-2.2-a', 'says the same of an opaque token', async () => {
  const { mint, resourceServer } = await createIntrospectingServers({}, { singleAudience: true })
  expect(await verdictOn(resourceServer, mint({ aud: [AUDIENCE, OTHER] }))).toBe('ERR_TOKEN_AUDIENCE')
  expect(await verdictOn(resourceServer, mint({ aud: [AUDIENCE] }))).toBe('accepted')
})
