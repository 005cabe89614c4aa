import { beforeEach, describe, expect } from '@jest/globals'
import {
  createResourceServer,
  detailsThat,
  fromNodeRequest,
  RefusedError,
  stepUp,
  UnavailableError,
  type ResourceServerOptions,
} from '@bearward/core'
import { fakeAuth } from '@bearward/testing'
import request from 'supertest'
import type { UnverifiedJwt } from '../../packages/core/src/token/compact.js'
import { checkHeader } from '../../packages/core/src/token/jwt.js'
import { optionAtFault, optionAtFaultIn } from '../support/configuration.js'
import { decisionOn } from '../support/decision.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import { NO_CREDENTIALS, readRefusal } from '../support/refusal.js'
import { requestWith, requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers()
const ISSUER = 'https://as.example.com'

/** Gives every object these members while `run` runs, as a mistake in another package would. */
function whilePolluted<Result>(members: object, run: () => Result): Result {
  const descriptors = Object.getOwnPropertyDescriptors(members)
  try {
    for (const [name, { value }] of Object.entries(descriptors)) {
      Object.defineProperty(Object.prototype, name, { value: value as unknown, configurable: true })
    }
    return run()
  } finally {
    for (const name of Object.keys(members)) Reflect.deleteProperty(Object.prototype, name)
  }
}

rule(
  'CFG-05',
  'takes from Object.prototype nothing that a route never said, and no claim that is not there',
  async () => {
    const claims = { acr: 'mfa', act: { sub: 'admin' }, authorization_details: [{ type: 'account' }] }
    const token = await servers().authorizationServer.mint()
    const auth = await servers().resourceServer.authenticate(requestWithToken(token))
    const guards = [stepUp({ acrValues: ['mfa'] }), detailsThat({ type: 'account' })]
    const decisions = () => guards.map((guard) => decisionOn(servers().resourceServer, auth, guard))
    expect(whilePolluted(claims, decisions)).toEqual([
      'ERR_AUTHENTICATION_INSUFFICIENT',
      'ERR_AUTHORIZATION_DETAILS_INSUFFICIENT',
    ])
    expect(whilePolluted(claims, () => fakeAuth().actor)).toBeUndefined()
    const polluted = { maxAge: 60 }
    expect(whilePolluted(polluted, () => optionAtFaultIn(() => stepUp({})))).toBe('acrValues')
    const resourceMetadata = { resource: AUDIENCE }
    const options = { issuer: ISSUER, audience: AUDIENCE, resourceMetadata: {} }
    expect(whilePolluted(resourceMetadata, () => optionAtFault(options))).toBe('resourceMetadata.resource')
    expect(optionAtFault({ ...options, resourceMetadata })).toBeUndefined()
  },
)

const WITHOUT_AUDIENCE: Readonly<Record<string, ResourceServerOptions>> = {
  'one issuer': { issuer: ISSUER } as ResourceServerOptions,
  'several issuers': { authorizationServers: [{ issuer: ISSUER }] },
}

ruleForEach(
  ['CFG-05', 'CLAIM-03'],
  WITHOUT_AUDIENCE,
  'takes from Object.prototype no word that every audience will do: %s',
  (options) => {
    const polluted = { dangerouslyAcceptAnyAudience: true }
    expect(whilePolluted(polluted, () => optionAtFault(options))).toBe('audience')
    expect(whilePolluted({ audience: AUDIENCE }, () => optionAtFault(options))).toBe('audience')
    expect(whilePolluted({}, () => optionAtFault({ ...options, audience: AUDIENCE }))).toBeUndefined()
    expect(optionAtFault({ ...options, dangerouslyAcceptAnyAudience: true })).toBeUndefined()
  },
)

ruleForEach(
  'CFG-05',
  {
    dangerouslyAllowHttp: [{ dangerouslyAllowHttp: true }, { issuer: 'http://as.example.com' }, 'issuer'],
    issuer: [{ issuer: ISSUER }, { issuer: undefined }, 'issuer'],
    'an option that does not exist': [{ clockSkew: 300 }, {}, undefined],
  } as const,
  'takes from Object.prototype no option: %s',
  ([members, own, fault]) => {
    const options = { issuer: ISSUER, audience: AUDIENCE, ...own }
    expect(whilePolluted(members, () => optionAtFault(options))).toBe(fault)
  },
)

rule('CFG-05', 'takes from Object.prototype nothing that widens what is accepted', async () => {
  const { issuer, mint } = servers().authorizationServer
  const polluted = {
    readAccessToken: () => 'a.b.c',
    algorithms: ['RS256'],
    typ: ['JWT'],
    optionalClaims: ['jti'],
    clockTolerance: 300,
    scopesFrom: 'roles',
    hideForbidden: true,
  }
  const resourceServer = whilePolluted(polluted, () => createResourceServer({ issuer, audience: AUDIENCE }))
  const verdicts = [
    await mint(),
    await mint({ jti: undefined }),
    await mint({}, { header: { typ: 'JWT' } }),
    await mint({ exp: Math.floor(Date.now() / 1000) - 100 }),
  ].map((token) => verdictOn(resourceServer, token))
  expect(await Promise.all(verdicts)).toEqual([
    'accepted',
    'ERR_TOKEN_CLAIM_MISSING',
    'ERR_TOKEN_TYPE',
    'ERR_TOKEN_EXPIRED',
  ])
})

ruleForEach(
  ['CFG-05', 'HDR-16'],
  { 'a type': { typ: 'at+jwt' }, 'an algorithm': { alg: 'ES256' } } as const,
  'takes from Object.prototype nothing for %s that the header of a token lacks',
  (polluted) => {
    const header = { alg: 'ES256', typ: 'at+jwt' }
    const policy = { algorithms: new Set(['ES256']), types: new Set(['at+jwt']) }
    const check = (parameters: object) =>
      checkHeader({ header: { ...parameters } } as unknown as UnverifiedJwt, policy)
    const [name = ''] = Object.keys(polluted)
    const lacking = Object.fromEntries(Object.entries(header).filter(([parameter]) => parameter !== name))
    expect(() => check(lacking)).toThrow(RefusedError)
    expect(() => whilePolluted(polluted, () => check(lacking))).toThrow(RefusedError)
    expect(whilePolluted(polluted, () => check(header))).toEqual({ alg: 'ES256', kid: undefined })
  },
)

rule('OWN-91', 'takes from Object.prototype nothing of a refusal', async () => {
  const { resourceServer } = servers()
  const refusal = async () => {
    const error: unknown = await resourceServer.authenticate(requestWith({})).catch((cause: unknown) => cause)
    return error as RefusedError
  }
  const read = (error: RefusedError) => {
    const { message, code, status, scope, authentication, headers, cause } = error
    return {
      message,
      code,
      status,
      scope,
      authentication,
      headers,
      cause,
      sent: resourceServer.answer(error),
    }
  }
  const clean = read(await refusal())
  expect(clean).toMatchObject({ status: 401, sent: { status: 401 } })
  const polluted = {
    status: 200,
    scope: 'admin',
    authentication: { acrValues: ['mfa'] },
    error: 'invalid_request',
    cause: 'nobody',
    headers: { Location: 'https://evil.example.com' },
    retryAfter: 86_400,
  }
  const error = await whilePolluted(polluted, refusal)
  expect(read(error)).toEqual(clean)
  expect(whilePolluted(polluted, () => resourceServer.answer(error))).toEqual(clean.sent)
  expect(whilePolluted(polluted, () => new UnavailableError('ERR_REPLAY_STORE', 'down').retryAfter)).toBe(5)
})

rule('OWN-91', 'takes from Object.prototype nothing of what a requirement says', async () => {
  const { authorizationServer, resourceServer } = servers()
  const auth = await resourceServer.authenticate(requestWithToken(await authorizationServer.mint()))
  const decide = () => decisionOn(resourceServer, auth, () => ({ code: 'ERR_SCOPE_INSUFFICIENT' }))
  for (const polluted of [{ scope: {} }, { authentication: {} }]) {
    expect(whilePolluted(polluted, decide)).toBe('ERR_SCOPE_INSUFFICIENT')
  }
})

rule('CFG-05', 'finds in Object.prototype no credentials', async () => {
  const { authorizationServer, resourceServer } = servers()
  const token = await authorizationServer.mint()
  const headers = { authorization: `Bearer ${token}` }
  const verdictWhilePolluted = () =>
    whilePolluted(headers, () => verdictOn(resourceServer, fromNodeRequest({ headers: {} })))
  expect(await verdictWhilePolluted()).toBe('ERR_CREDENTIALS_MISSING')
  expect(await verdictOn(resourceServer, fromNodeRequest({ headers }))).toBe('accepted')
})

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint()
  })

  rule(
    ['CFG-05', 'ERR-11'],
    'takes from Object.prototype no word that credentials are optional',
    async () => {
      const { resourceServer } = servers()
      const { issuer } = servers().authorizationServer
      const apis = whilePolluted({ optional: true }, () => [
        createApp(({ requireToken, handler }) => [requireToken({ issuer, audience: AUDIENCE }), handler()]),
        createApp(({ requireToken, handler }) => [requireToken(resourceServer), handler()]),
        createApp(({ requireToken, handler }) => [requireToken(resourceServer, {}), handler()]),
      ])
      for (const { listener, handled } of apis) {
        expect(readRefusal(await request(listener).get('/'))).toEqual(NO_CREDENTIALS)
        expect(handled()).toBe(0)
        expect((await request(listener).get('/').auth(token, { type: 'bearer' })).status).toBe(200)
      }
    },
  )
})
