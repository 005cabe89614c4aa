import { expect } from '@jest/globals'
import { allScopes, type CommonOptions } from '@bearward/core'
import { createProofKey, parseChallenges } from '@bearward/testing'
import { createDpopServers, DPOP, toRequest, type DpopRequest, type DpopServers } from '../../support/dpop.js'
import { judge, requestWith } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'

const ALGORITHMS = { dpop: { ...DPOP, algorithms: ['ES256', 'PS256'] } }
const BOTH = ALGORITHMS
const REQUIRED = { ...ALGORITHMS, senderConstraint: 'required' } as const
const REALM = 'protected resource'
const BEARER = { scheme: 'Bearer', realm: REALM }
const OFFER = { scheme: 'DPoP', realm: REALM, algs: 'ES256 PS256' }

/** Status and challenges of the refusal of a request. */
async function refusalOf(servers: DpopServers, request: DpopRequest | undefined) {
  const message = request === undefined ? requestWith() : toRequest(request)
  const outcome = await judge(servers.resourceServer, message)
  if (outcome.verdict !== 'refused') throw new Error('There was no refusal')
  const { status, code, headers } = outcome.error
  const challenges = parseChallenges(headers['WWW-Authenticate']).map(({ scheme, parameters }) => ({
    scheme,
    ...Object.fromEntries(parameters),
  }))
  return { status, code, challenges }
}

const withError = (offer: object, error: string) => ({
  ...offer,
  error,
  error_description: expect.any(String),
})

rule(['9449-7.1-a', '9449-7.1-d'], 'accepts a DPoP token with its proof, and none without', async () => {
  const servers = await createDpopServers(BOTH)
  const token = await servers.mintBound()
  const accepted = await servers.judge({ token, proof: await servers.prove(token) })
  expect(accepted).toMatchObject({ verdict: 'accepted', auth: { scheme: 'DPoP', subject: 'client' } })
  expect(await refusalOf(servers, { token })).toEqual({
    status: 401,
    code: 'ERR_PROOF_MISSING',
    challenges: [BEARER, withError(OFFER, 'invalid_dpop_proof')],
  })
})

rule('9449-7.1-b', 'refuses a token that is not bound and comes as DPoP', async () => {
  const servers = await createDpopServers(BOTH)
  const token = await servers.authorizationServer.mint()
  for (const proof of [await servers.prove(token), undefined]) {
    expect(await refusalOf(servers, { token, ...(proof !== undefined && { proof }) })).toEqual({
      status: 401,
      code: 'ERR_TOKEN_NOT_BOUND',
      challenges: [BEARER, withError(OFFER, 'invalid_token')],
    })
  }
  expect(await servers.verdictOf({ token, scheme: 'Bearer' })).toBe('accepted')
})

rule(
  ['9449-7.1-c', '9449-7.2-b'],
  'offers each scheme that it accepts, without credentials with no error',
  async () => {
    expect(await refusalOf(await createDpopServers(BOTH), undefined)).toEqual({
      status: 401,
      code: 'ERR_CREDENTIALS_MISSING',
      challenges: [BEARER, OFFER],
    })
    expect(await refusalOf(await createDpopServers(REQUIRED), undefined)).toMatchObject({
      challenges: [OFFER],
    })
    const withCertificates = { ...REQUIRED, clientCertificates: { from: 'socket' } } as const
    expect(await refusalOf(await createDpopServers(withCertificates), undefined)).toMatchObject({
      challenges: [BEARER, OFFER],
    })
  },
)

ruleForEach(
  '9449-7.2-a',
  { 'with a proof': true, 'without a proof': false },
  'refuses a token that is bound to a key and comes as Bearer, %s',
  async (hasProof) => {
    const servers = await createDpopServers(BOTH)
    const token = await servers.mintBound()
    const proof = await servers.prove(token)
    const request = { token, scheme: 'Bearer', ...(hasProof && { proof }) }
    expect(await refusalOf(servers, request)).toEqual({
      status: 401,
      code: 'ERR_TOKEN_SENDER_CONSTRAINED',
      challenges: [withError(BEARER, 'invalid_token'), OFFER],
    })
    expect(await servers.verdictOf({ token, proof })).toBe('accepted')
  },
)

rule('9449-7.2-b', 'has the error on the challenge of the scheme that was used', async () => {
  const servers = await createDpopServers(BOTH)
  const [token, bound] = [
    await servers.authorizationServer.mint({ exp: 1 }),
    await servers.mintBound({ exp: 1 }),
  ]
  expect(await refusalOf(servers, { token, scheme: 'Bearer' })).toEqual({
    status: 401,
    code: 'ERR_TOKEN_EXPIRED',
    challenges: [withError(BEARER, 'invalid_token'), OFFER],
  })
  expect(await refusalOf(servers, { token: bound, proof: await servers.prove(bound) })).toEqual({
    status: 401,
    code: 'ERR_TOKEN_EXPIRED',
    challenges: [BEARER, withError(OFFER, 'invalid_token')],
  })
})

rule(
  '9449-7.2-c',
  'refuses credentials of both schemes at once, and says so on both challenges',
  async () => {
    const servers = await createDpopServers(BOTH)
    const token = await servers.mintBound()
    const authorization = [`Bearer ${token}`, `DPoP ${token}`]
    const request = { token, proof: await servers.prove(token), fields: { authorization } }
    expect(await refusalOf(servers, request)).toEqual({
      status: 400,
      code: 'ERR_CREDENTIALS_REPEATED',
      challenges: [withError(BEARER, 'invalid_request'), withError(OFFER, 'invalid_request')],
    })
  },
)

rule('9449-7.1-d', 'asks for scopes on the challenge of DPoP', async () => {
  const servers = await createDpopServers(BOTH)
  const token = await servers.mintBound()
  const outcome = await servers.judge({ token, proof: await servers.prove(token) })
  const auth = outcome.verdict === 'accepted' ? outcome.auth : undefined
  let refusal: unknown
  try {
    servers.resourceServer.authorize(auth, allScopes('stats:admin'))
  } catch (error) {
    refusal = error
  }
  const { headers, status } = refusal as { headers: Record<string, string>; status: number }
  expect(status).toBe(403)
  const [challenge, ...others] = parseChallenges(headers['WWW-Authenticate'])
  expect(others).toEqual([])
  expect([challenge?.scheme, ...(challenge?.parameters ?? [])]).toEqual([
    'DPoP',
    ['realm', REALM],
    ['algs', 'ES256 PS256'],
    ['scope', 'stats:admin'],
    ['error', 'insufficient_scope'],
    ['error_description', expect.any(String)],
  ])
  servers.resourceServer.authorize(auth, allScopes('stats:read')) // does not throw
})

rule(
  '9449-2-a',
  'refuses a token that is not bound where that is required, and offers DPoP alone',
  async () => {
    const servers = await createDpopServers(REQUIRED)
    const token = await servers.authorizationServer.mint()
    for (let time = 0; time < 3; time += 1) {
      expect(await refusalOf(servers, { token, scheme: 'Bearer' })).toEqual({
        status: 401,
        code: 'ERR_TOKEN_NOT_BOUND',
        challenges: [withError(OFFER, 'invalid_token')],
      })
    }
    const bound = await servers.mintBound()
    expect(await servers.verdictOf({ token: bound, proof: await servers.prove(bound) })).toBe('accepted')
  },
)

ruleForEach(
  '9449-6-a',
  {
    'a number': { jkt: 5 },
    null: { jkt: null },
    'an empty text': { jkt: '' },
    'hexadecimal digits': { jkt: 'a'.repeat(64) },
    padding: { jkt: `${'A'.repeat(43)}=` },
    'a list': { jkt: ['A'.repeat(43)] },
    'no object': 'x',
    nothing: null,
    'a list of objects': [{ jkt: 'A'.repeat(43) }],
  },
  'never takes a token for unbound whose confirmation is %s',
  async (cnf) => {
    const servers = await createDpopServers(BOTH)
    const token = await servers.mintBound({ cnf })
    const proof = await servers.prove(token)
    expect(await servers.verdictOf({ token, proof })).toBe('ERR_TOKEN_SENDER_CONSTRAINED')
    expect(await servers.verdictOf({ token, scheme: 'Bearer' })).toBe('ERR_TOKEN_SENDER_CONSTRAINED')
    const good = await servers.mintBound()
    expect(await servers.verdictOf({ token: good, proof: await servers.prove(good) })).toBe('accepted')
  },
)

ruleForEach<CommonOptions>(
  '9449-7.1-a',
  { 'keeps verdicts': {}, 'keeps none': { verdictCache: false } },
  'needs a proof with each request, also where it %s',
  async (options) => {
    const servers = await createDpopServers({ ...BOTH, ...options })
    const token = await servers.mintBound()
    for (let time = 0; time < 4; time += 1) {
      expect(await servers.verdictOf({ token, proof: await servers.prove(token) })).toBe('accepted')
      expect(await servers.verdictOf({ token })).toBe('ERR_PROOF_MISSING')
      expect(await servers.verdictOf({ token, scheme: 'Bearer' })).toBe('ERR_TOKEN_SENDER_CONSTRAINED')
      const other = await createProofKey()
      const proof = await servers.prove(token, {}, { signedWith: other })
      expect(await servers.verdictOf({ token, proof })).toBe('ERR_PROOF_SIGNATURE')
    }
  },
)
