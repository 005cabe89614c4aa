import { afterAll, expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { parseChallenges, startAuthorizationServer, type MintOptions } from '@bearward/testing'
import { optionAtFault } from '../../support/configuration.js'
import { judge, requestWithToken, verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { AUDIENCE, useServers } from '../../support/servers.js'
import { verdictsOn } from '../../support/verdicts.js'

const servers = useServers()
const withSlash = await startAuthorizationServer({ algorithms: ['ES256'], path: '/tenant/' })
afterAll(() => withSlash.close())

rule('9068-4-a', 'refuses an issuer that differs from the configured one in a slash at the end', async () => {
  const { authorizationServer } = servers()
  const { issuer } = authorizationServer
  expect(await verdictsOn(servers(), { iss: `${issuer}/` })).toEqual(['ERR_TOKEN_ISSUER', 'accepted'])
  const resourceServer = createResourceServer({ issuer: withSlash.issuer, audience: AUDIENCE })
  const servers2 = { authorizationServer: withSlash, resourceServer }
  const iss = withSlash.issuer.replace(/\/$/, '')
  expect(await verdictsOn(servers2, { iss })).toEqual(['ERR_TOKEN_ISSUER', 'accepted'])
})

rule('9068-4-b', 'refuses a token whose audience does not name it', async () => {
  for (const aud of ['https://other.example.com', ['https://other.example.com', 'client']]) {
    expect(await verdictsOn(servers(), { aud })).toEqual(['ERR_TOKEN_AUDIENCE', 'accepted'])
  }
})

rule(
  '9068-5-b',
  'refuses tokens of other resource servers of the same issuer, and they refuse its own',
  async () => {
    const { authorizationServer } = servers()
    const audiences = ['https://orders.example.com', 'https://invoices.example.com'] as const
    const verdicts = audiences.map((audience) => {
      const resourceServer = createResourceServer({ issuer: authorizationServer.issuer, audience })
      return Promise.all(
        audiences.map(async (aud) => verdictOn(resourceServer, await authorizationServer.mint({ aud }))),
      )
    })
    expect(await Promise.all(verdicts)).toEqual([
      ['accepted', 'ERR_TOKEN_AUDIENCE'],
      ['ERR_TOKEN_AUDIENCE', 'accepted'],
    ])
  },
)

rule('9068-4-c', 'refuses a token that is signed with a key its issuer does not publish', async () => {
  const unpublished = { key: 'unpublished' } as const
  expect(await verdictsOn(servers(), {}, unpublished)).toEqual(['ERR_TOKEN_KEY', 'accepted'])
  const kid = servers().authorizationServer.keySet().keys[0]?.kid ?? ''
  const verdicts = await verdictsOn(servers(), {}, { ...unpublished, kid })
  expect(verdicts).toEqual(['ERR_TOKEN_SIGNATURE', 'accepted'])
})

rule('9068-4-e', 'cannot be told to expect encrypted tokens, so that nobody relies on it', () => {
  const options = { issuer: 'https://as.example.com', audience: AUDIENCE }
  for (const name of ['encryption', 'decryptionKey', 'decrypt']) {
    expect(optionAtFault({ ...options, [name]: 'required' })).toBe(name)
  }
  expect(optionAtFault(options)).toBeUndefined()
})

const FAILURES: Readonly<Record<string, readonly [claims: Record<string, unknown>, options?: MintOptions]>> =
  {
    'another type': [{}, { header: { typ: 'JWT' } }],
    'another issuer': [{ iss: 'https://evil.example.com' }],
    'another audience': [{ aud: 'https://other.example.com' }],
    'no audience': [{ aud: undefined }],
    'no signature': [{}, { signature: 'none' }],
    'a corrupt signature': [{}, { signature: 'corrupt' }],
    'an unpublished key': [{}, { key: 'unpublished' }],
    'an algorithm that is not accepted': [{}, { key: { secret: Buffer.alloc(32, 1) }, algorithm: 'HS256' }],
    'a critical header parameter': [{}, { header: { crit: ['exp'] } }],
    'exp in the past': [{ exp: 1 }],
    'nbf in the future': [{ nbf: 9_999_999_999 }],
    'a claim of another type': [{ sub: 1 }],
    'no jti': [{ jti: undefined }],
    'claims that are no object': [{}, { payload: '[]' }],
    'a sender constraint': [{ cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } }],
  }

ruleForEach('9068-4-f', FAILURES, 'answers a token with %s as invalid_token', async ([claims, options]) => {
  const { authorizationServer, resourceServer } = servers()
  const token = await authorizationServer.mint(claims, options)
  const verdict = await judge(resourceServer, requestWithToken(token))
  const { error } = verdict.verdict === 'refused' ? verdict : {}
  const [challenge, ...others] = parseChallenges(error?.headers['WWW-Authenticate'] ?? '')
  expect(error).toMatchObject({ status: 401, error: 'invalid_token' })
  expect(challenge?.scheme).toBe('Bearer')
  expect(challenge?.parameters.get('error')).toBe('invalid_token')
  expect(challenge?.parameters.get('error_description')).toBe(error?.description)
  expect(others).toEqual([])
  expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
})
