import { expect } from '@jest/globals'
import type { ForgetCriteria } from '@bearward/core'
import { createIntrospectingServers } from '../support/introspection.js'
import { requestWithToken } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'

const START = 1_767_225_600
/** What the answer says of the token of Alice. */
const ALICE = { sub: 'alice', client_id: 'shop', sid: 'session-1', iat: START }

/** A kept verdict on a token of Alice, which is then revoked. */
async function keepVerdict(members: Readonly<Record<string, unknown>> = ALICE) {
  const servers = await createIntrospectingServers()
  const token = servers.mint(members)
  expect(await servers.verdictOn(token)).toBe('accepted')
  servers.authorizationServer.revoke(token)
  expect(await servers.verdictOn(token)).toBe('accepted')
  return { ...servers, token }
}

rule('VTC-13', 'asks again about a token that was forgotten, and about no other', async () => {
  const { resourceServer, mint, verdictOn, token, asked } = await keepVerdict()
  const other = mint()
  expect(await verdictOn(other)).toBe('accepted')
  resourceServer.forget(token)
  expect(await verdictOn(token)).toBe('ERR_TOKEN_INACTIVE')
  expect([await verdictOn(other), asked()]).toEqual(['accepted', 3])
})

ruleForEach(
  'VTC-13',
  {
    'the subject': [{ subject: 'alice' }, 'ERR_TOKEN_INACTIVE'],
    'another subject': [{ subject: 'bob' }, 'accepted'],
    'the subject in capitals': [{ subject: 'ALICE' }, 'accepted'],
    'the client': [{ clientId: 'shop' }, 'ERR_TOKEN_INACTIVE'],
    'another client': [{ clientId: 'other' }, 'accepted'],
    'the session': [{ sessionId: 'session-1' }, 'ERR_TOKEN_INACTIVE'],
    'another session': [{ sessionId: 'session-2' }, 'accepted'],
    'a later instant': [{ issuedBefore: START + 1 }, 'ERR_TOKEN_INACTIVE'],
    'the instant of its issue': [{ issuedBefore: START }, 'accepted'],
    'subject, client, session and a later instant': [
      { subject: 'alice', clientId: 'shop', sessionId: 'session-1', issuedBefore: START + 1 },
      'ERR_TOKEN_INACTIVE',
    ],
    'the subject, but another client': [{ subject: 'alice', clientId: 'other' }, 'accepted'],
  } satisfies Readonly<Record<string, readonly [ForgetCriteria, string]>>,
  'forgets verdicts by %s',
  async ([criteria, verdict]) => {
    const { resourceServer, verdictOn, token } = await keepVerdict()
    resourceServer.forgetWhere(criteria)
    expect(await verdictOn(token)).toBe(verdict)
  },
)

ruleForEach(
  'VTC-13',
  {
    subject: { subject: 'anybody' },
    client: { clientId: 'any' },
    session: { sessionId: 'any' },
    'time of issue': { issuedBefore: 1 },
  } satisfies Readonly<Record<string, ForgetCriteria>>,
  'forgets what may fit, since the server did not say the %s of the token',
  async (criteria: ForgetCriteria) => {
    const silent = { sub: undefined, client_id: undefined, iat: undefined }
    const { resourceServer, verdictOn, token } = await keepVerdict(silent)
    resourceServer.forgetWhere(criteria)
    expect(await verdictOn(token)).toBe('ERR_TOKEN_INACTIVE')
  },
)

ruleForEach(
  'VTC-13',
  { 'azp is': 'from-azp', 'client_id is': 'from-client-id' },
  'forgets by a client that %s, where the answer has both',
  async (clientId) => {
    const servers = await createIntrospectingServers({}, { profile: 'keycloak' })
    const { authorizationServer, resourceServer, mint, verdictOn } = servers
    const token = mint({ typ: 'Bearer', azp: 'from-azp', client_id: 'from-client-id' })
    expect(await verdictOn(token)).toBe('accepted')
    authorizationServer.revoke(token)
    resourceServer.forgetWhere({ clientId: 'other' })
    expect(await verdictOn(token)).toBe('accepted')
    resourceServer.forgetWhere({ clientId })
    expect(await verdictOn(token)).toBe('ERR_TOKEN_INACTIVE')
  },
)

ruleForEach(
  'VTC-13',
  {
    'no criterion': {},
    'an undefined one': { subject: undefined },
    'an unknown one': { subject: 'alice', sub: 'alice' },
    'a misspelt one': { userId: 'alice' },
    'a subject that is no text': { subject: 1 },
    'a list of subjects': { subject: ['alice'] },
    'null for a subject': { subject: null },
    'an instant as text': { issuedBefore: '1767225601' },
    'an instant that is a date': { issuedBefore: new Date() },
    'an instant that is no number': { issuedBefore: NaN },
  },
  'keeps nothing by mistake: it throws where it is told to forget by %s',
  async (criteria) => {
    const { resourceServer, verdictOn, token } = await keepVerdict()
    expect(() => {
      resourceServer.forgetWhere(criteria as ForgetCriteria)
    }).toThrow(TypeError)
    resourceServer.forgetWhere({ subject: 'alice' })
    expect(await verdictOn(token)).toBe('ERR_TOKEN_INACTIVE')
  },
)

rule('VTC-13', 'learns of a revocation as soon as a route wants a fresh answer', async () => {
  const { resourceServer, verdictOn, token } = await keepVerdict()
  const auth = await resourceServer.authenticate(requestWithToken(token))
  await expect(resourceServer.refresh(auth, { maxAge: 60 })).resolves.toMatchObject({ subject: 'alice' })
  await expect(resourceServer.refresh(auth, { maxAge: 0 })).rejects.toMatchObject({
    code: 'ERR_TOKEN_INACTIVE',
  })
  expect(await verdictOn(token)).toBe('ERR_TOKEN_INACTIVE')
  await expect(resourceServer.refresh(auth, { maxAge: 60 })).rejects.toMatchObject({
    code: 'ERR_TOKEN_INACTIVE',
  })
})

rule(
  'VTC-13',
  'learns of the revocation of a JWT when it is asked for a fresh answer, and only then',
  async () => {
    const { authorizationServer, resourceServer, verdictOn } = await createIntrospectingServers()
    const jwt = await authorizationServer.mint()
    const auth = await resourceServer.authenticate(requestWithToken(jwt))
    await expect(resourceServer.refresh(auth, { maxAge: 0 })).resolves.toMatchObject({ via: 'jwt' })
    authorizationServer.revoke(jwt)
    resourceServer.forget(jwt)
    expect(await verdictOn(jwt)).toBe('accepted')
    await expect(resourceServer.refresh(auth, { maxAge: 60 })).rejects.toMatchObject({
      code: 'ERR_TOKEN_INACTIVE',
    })
  },
)

rule(['VTC-13', 'VTC-04'], 'lets no fresh answer outlive a JWT', async () => {
  const { clock, authorizationServer, resourceServer } = await createIntrospectingServers()
  const jwt = await authorizationServer.mint({ exp: clock.now() + 10 })
  authorizationServer.setClaims(jwt, { exp: undefined })
  const auth = await resourceServer.authenticate(requestWithToken(jwt))
  await expect(resourceServer.refresh(auth, { maxAge: 60 })).resolves.toMatchObject({
    expiresAt: auth.expiresAt,
  })
  await clock.advance(15)
  await expect(resourceServer.refresh(auth, { maxAge: 60 })).rejects.toMatchObject({
    code: 'ERR_TOKEN_EXPIRED',
  })
})
