import { format, inspect } from 'node:util'
import { expect } from '@jest/globals'
import { createTokenSource } from '@bearward/client'
import { createResourceServer, type ProtectedResourceRequest, type ReplayStore } from '@bearward/core'
import { createCertificate } from '@bearward/testing'
import { readThumbprint } from '../../packages/core/src/binding/certificate-field.js'
import { createMemoryReplayStore } from '../../packages/core/src/binding/replay.js'
import { createDpopServers, ORIGIN, toRequest } from '../support/dpop.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'

ruleForEach(
  'OWN-61',
  {
    'a query': 'api.example.com/harmless?',
    'a fragment': 'api.example.com/harmless#',
    'a path': 'api.example.com/users',
  },
  'takes no target from a Host with %s in it',
  async (host) => {
    const { mintBound, prove, verdictOf } = await createDpopServers({ dpop: { dangerouslyTrustHost: true } })
    const token = await mintBound()
    const verdict = async (url: string, target: string, field: string) =>
      verdictOf({ token, proof: await prove(token, { url }), target, fields: { host: field } })
    const harmless = 'http://api.example.com/harmless'
    expect(await verdict(harmless, '/secret', host)).toBe('ERR_PROOF_TARGET')
    expect(await verdict('http://api.example.com/users/1', '/1', host)).toBe('ERR_PROOF_TARGET')
    expect(await verdict(harmless, '/harmless', 'api.example.com')).toBe('accepted')
    expect(await verdict('http://[::1]:3000/harmless', '/harmless', '[::1]:3000')).toBe('accepted')
  },
)

rule('OWN-62', 'asks each store of used proofs, whatever another one has said of this request', async () => {
  const { authorizationServer, clock, mintBound, prove } = await createDpopServers()
  const { issuer, fetch } = authorizationServer
  const judgeWith = (replayStore: ReplayStore) => {
    const dpop = { origin: ORIGIN, replayStore }
    const resourceServer = createResourceServer({ issuer, audience: AUDIENCE, clock, fetch, dpop })
    return (request: ProtectedResourceRequest) => verdictOn(resourceServer, request)
  }
  const shared = judgeWith(createMemoryReplayStore(clock))
  const token = await mintBound()
  const proof = await prove(token)
  const verdicts: string[] = []
  for (const source of [{}, {}]) {
    const request = toRequest({ token, proof, members: { source } })
    verdicts.push(await judgeWith(createMemoryReplayStore(clock))(request), await shared(request))
    verdicts.push(await shared(request))
  }
  const [again, refused] = ['accepted', 'ERR_PROOF_REPLAYED']
  expect(verdicts).toEqual(['accepted', 'accepted', again, 'accepted', refused, refused])
})

rule('OWN-63', 'believes no thumbprint that another certificate contradicts', () => {
  const [own, other] = [createCertificate(), createCertificate()]
  const hex = (thumbprint: string) => Buffer.from(thumbprint, 'base64url').toString('hex')
  const element = (thumbprint: string) =>
    `Cert="${encodeURIComponent(own.cert)}";URI=a;Hash=${hex(thumbprint)}`
  const read = (value: string) => readThumbprint('x-forwarded-client-cert', value)
  expect(read(element(other.thumbprint))).toBeUndefined()
  expect(read(element(own.thumbprint))).toBe(own.thumbprint)
})

const servers = useServers()

rule('OWN-64', 'shows no access token of a client to who prints it with its hidden members', async () => {
  const { issuer } = servers().authorizationServer
  const source = createTokenSource({ issuer, clientId: 'client', clientSecret: 'secret' })
  const token = await source.getToken()
  const printed = [
    ...['%o', '%O', '%j', '%s'].map((placeholder) => format(placeholder, token)),
    inspect({ token }, { showHidden: true, depth: Infinity, showProxy: true }),
    JSON.stringify({ ...token }),
  ]
  for (const text of printed) expect(text).not.toContain(token.accessToken)
  expect([typeof token.accessToken, format('%o', token).includes('expiresAt')]).toEqual(['string', true])
})

ruleForEach(
  'OWN-65',
  { 'a list': ['follow'], 'an object': new String('follow'), nothing: null },
  'follows no redirects where %s asks for it',
  async (redirect) => {
    const { issuer } = servers().authorizationServer
    const source = createTokenSource({
      issuer,
      clientId: 'client',
      clientSecret: 'secret',
      origins: ['http://127.0.0.1:1'],
    })
    const fetching = source.fetch('http://127.0.0.1:1/', { redirect } as unknown as RequestInit)
    await expect(fetching).rejects.toMatchObject({ name: 'ConfigurationError', option: 'redirect' })
    const other = source.fetch('http://127.0.0.1:1/', { redirect: 'error' })
    await expect(other).rejects.not.toMatchObject({ name: 'ConfigurationError' })
  },
)
