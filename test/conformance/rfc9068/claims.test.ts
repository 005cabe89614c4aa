import { expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { judge, requestWithToken, verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { AUDIENCE, useServers } from '../../support/servers.js'
import { verdictsOn } from '../../support/verdicts.js'

const servers = useServers()

ruleForEach(
  '9068-2.2-a',
  Object.fromEntries(['exp', 'aud', 'sub', 'client_id', 'iat', 'jti'].map((name) => [name, name])),
  'refuses a token without %s',
  async (name) => {
    const verdicts = await verdictsOn(servers(), { [name]: undefined })
    expect(verdicts).toEqual(['ERR_TOKEN_CLAIM_MISSING', 'accepted'])
  },
)

rule('9068-2.2-a', 'refuses a token without iss, whose keys nobody could name', async () => {
  expect(await verdictsOn(servers(), { iss: undefined })).toEqual(['ERR_TOKEN_ISSUER', 'accepted'])
  expect(servers().authorizationServer.requests).toMatchObject({ metadata: 1, jwks: 1 })
})

rule('9068-2.2-a', 'needs no other claim', async () => {
  const { authorizationServer, resourceServer } = servers()
  const token = await authorizationServer.mint({ scope: undefined })
  expect(await verdictOn(resourceServer, token)).toBe('accepted')
})

ruleForEach(
  '9068-2.2-b',
  {
    'sub as a number': { sub: 1 },
    'client_id as a number': { client_id: 1 },
    'client_id as an array': { client_id: ['client'] },
    'an empty client_id': { client_id: '' },
    'jti as an object': { jti: {} },
    'exp as a string': { exp: '9999999999' },
    'iat as a string': { iat: '1' },
    'nbf as a string': { nbf: '1' },
    'aud as a number': { aud: 1 },
    'aud as an object': { aud: { value: AUDIENCE } },
    'null for client_id': { client_id: null },
  },
  'refuses %s',
  async (claims) => {
    expect(await verdictsOn(servers(), claims)).toEqual(['ERR_TOKEN_CLAIM_INVALID', 'accepted'])
  },
)

ruleForEach(
  '9068-2.2-b',
  { 'a number': 1, 'an object': {}, 'an array of numbers': [1], null: null },
  'refuses %s as aud even where any audience is accepted',
  async (aud) => {
    const { authorizationServer } = servers()
    const resourceServer = createResourceServer({
      issuer: authorizationServer.issuer,
      dangerouslyAcceptAnyAudience: true,
    })
    const any = await authorizationServer.mint({ aud: ['https://other.example.com'] })
    expect(await verdictOn(resourceServer, any)).toBe('accepted')
    expect(await verdictOn(resourceServer, await authorizationServer.mint({ aud: undefined }))).toBe(
      'accepted',
    )
    const token = await authorizationServer.mint({ aud })
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_CLAIM_INVALID')
  },
)

rule('9068-2.2.1-a', 'hands on when, how and how strongly the user was authenticated', async () => {
  const { authorizationServer, resourceServer } = servers()
  const claims = { auth_time: 1_700_000_000, acr: 'urn:mace:incommon:iap:silver', amr: ['pwd', 'otp'] }
  const token = await authorizationServer.mint(claims)
  const verdict = await judge(resourceServer, requestWithToken(token))
  expect(verdict).toMatchObject({ verdict: 'accepted', auth: { claims } })
})
