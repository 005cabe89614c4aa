import { expect } from '@jest/globals'
import { allScopes, type Auth } from '@bearward/core'
import { decisionOn } from '../../support/decision.js'
import { createIntrospectingServers } from '../../support/introspection.js'
import { judge, requestWithToken } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'

type Members = Readonly<Record<string, unknown>>

/** The verdicts on two tokens: one of which the answer differs in these members, and a good one. */
async function verdictsOn(members: Members): Promise<readonly [different: string, good: string]> {
  const { verdictOn, mint } = await createIntrospectingServers()
  return [await verdictOn(mint(members, { staysActive: true })), await verdictOn(mint())]
}

/** Who makes a request with a token of which the answer has these members. */
async function authenticateWith(members: Members) {
  const { resourceServer, mint } = await createIntrospectingServers()
  const outcome = await judge(resourceServer, requestWithToken(mint(members)))
  if (outcome.verdict !== 'accepted') throw outcome.error
  return { resourceServer, auth: outcome.auth }
}

ruleForEach(
  '7662-2.2-a',
  {
    'the text true': 'true',
    'the text false': 'false',
    'the text yes': 'yes',
    'the number 1': 1,
    'an empty array': [],
    'an array that holds true': [true],
    'an object': {},
    null: null,
    nothing: undefined,
    false: false,
  },
  'takes no token for active because of %s',
  async (active) => {
    expect(await verdictsOn({ active })).toEqual(['ERR_TOKEN_INACTIVE', 'accepted'])
  },
)

rule('7662-2.2-b', 'shows nothing of a token that is not active', async () => {
  const { resourceServer, mint } = await createIntrospectingServers()
  const more = { sub: 'alice', scope: 'admin', username: 'alice' }
  const refused = await judge(resourceServer, requestWithToken(mint({ active: false, ...more })))
  expect(refused).toMatchObject({ verdict: 'refused', error: { status: 401, code: 'ERR_TOKEN_INACTIVE' } })
  expect(JSON.stringify([refused, resourceServer.answer('error' in refused && refused.error)])).not.toMatch(
    /alice|admin/,
  )
  const accepted = await judge(resourceServer, requestWithToken(mint({ active: true, ...more })))
  expect(accepted).toMatchObject({ verdict: 'accepted', auth: { subject: 'alice' } })
})

rule('7662-2.2-c', 'separates scopes by spaces, and asks each route for its own', async () => {
  const { resourceServer, auth } = await authenticateWith({ scope: ' stats:read  stats:write ' })
  const decide = (...scopes: readonly string[]) => decisionOn(resourceServer, auth, allScopes(...scopes))
  expect([...auth.scopes]).toEqual(['stats:read', 'stats:write'])
  expect(decide('stats:read', 'stats:write')).toBe('allowed')
  expect(decide('stats:read', 'stats:admin')).toBe('ERR_SCOPE_INSUFFICIENT')
  expect(decide('stats')).toBe('ERR_SCOPE_INSUFFICIENT')
})

ruleForEach(
  '7662-2.2-c',
  { 'an array': ['stats:read'], 'a number': 1, null: null, 'an object': { value: 'stats:read' } },
  'takes %s for no scope',
  async (scope) => {
    expect(await verdictsOn({ scope })).toEqual(['ERR_TOKEN_CLAIM_INVALID', 'accepted'])
  },
)

rule('7662-2.2-c', 'grants nothing where there is no scope', async () => {
  const { resourceServer, auth } = await authenticateWith({ scope: undefined })
  expect(auth.scopes.size).toBe(0)
  expect(decisionOn(resourceServer, auth, allScopes('stats:read'))).toBe('ERR_SCOPE_INSUFFICIENT')
})

ruleForEach(
  '7662-2.2-d',
  {
    'has expired': [{ exp: 1_767_225_590 }, 'ERR_TOKEN_EXPIRED'],
    'is not valid yet': [{ nbf: 1_767_225_700 }, 'ERR_TOKEN_NOT_YET_VALID'],
    'was issued in the future': [{ iat: 1_767_225_700 }, 'ERR_TOKEN_NOT_YET_VALID'],
    'is for another API': [{ aud: 'https://other.example.com' }, 'ERR_TOKEN_AUDIENCE'],
    'is for several other APIs': [{ aud: ['https://a.example.com', 'client'] }, 'ERR_TOKEN_AUDIENCE'],
    'is of another issuer': [{ iss: 'https://evil.example.com' }, 'ERR_TOKEN_ISSUER'],
    'is a refresh token': [{ token_type: 'refresh_token' }, 'ERR_TOKEN_TYPE'],
    'is of a type that is none': [{ token_type: ['Bearer'] }, 'ERR_TOKEN_TYPE'],
    'is bound to a key': [{ cnf: { jkt: 'a' } }, 'ERR_TOKEN_SENDER_CONSTRAINED'],
  } as const,
  'refuses a token that is active, but %s',
  async ([members, code]) => {
    expect(await verdictsOn(members)).toEqual([code, 'accepted'])
  },
)

ruleForEach(
  '7662-2.2-d',
  {
    'only active and aud': {
      iss: undefined,
      exp: undefined,
      iat: undefined,
      sub: undefined,
      client_id: undefined,
      jti: undefined,
      token_type: undefined,
    },
    'a type in lower case': { token_type: 'bearer' },
    'several audiences': { aud: ['https://other.example.com', 'https://api.example.com'] },
    'exp in a moment': { exp: 1_767_225_601 },
    'nbf now': { nbf: 1_767_225_600 },
  },
  'accepts an active token of which the answer has %s',
  async (members) => {
    expect(await verdictsOn(members)).toEqual(['accepted', 'accepted'])
  },
)

ruleForEach(
  '7662-2.2-e',
  {
    'leaves out the audience': [{ aud: undefined }, 'ERR_TOKEN_CLAIM_MISSING', 'accepted'],
    'has another audience': [
      { aud: 'https://other.example.com' },
      'ERR_TOKEN_AUDIENCE',
      'ERR_TOKEN_AUDIENCE',
    ],
    'has null for one': [{ aud: null }, 'ERR_TOKEN_CLAIM_INVALID', 'ERR_TOKEN_CLAIM_INVALID'],
    'has no audience in its list': [{ aud: [] }, 'ERR_TOKEN_CLAIM_INVALID', 'ERR_TOKEN_CLAIM_INVALID'],
    'has an empty audience': [{ aud: '' }, 'ERR_TOKEN_AUDIENCE', 'ERR_TOKEN_AUDIENCE'],
    'is good': [{}, 'accepted', 'accepted'],
  } as const,
  'demands an audience, unless it is told not to, and the right one always, where the answer %s',
  async ([members, strict, lenient]) => {
    const verdicts: string[] = []
    for (const dangerouslyAcceptMissingAudience of [false, true]) {
      const { verdictOn, mint } = await createIntrospectingServers({ dangerouslyAcceptMissingAudience })
      verdicts.push(await verdictOn(mint(members)))
    }
    expect(verdicts).toEqual([strict, lenient])
  },
)

ruleForEach(
  '7662-2.2-f',
  {
    'exp as text': { exp: '1999999999' },
    'exp as empty text': { exp: '' },
    'exp as null': { exp: null },
    'exp as true': { exp: true },
    'exp in milliseconds': { exp: 1_999_999_999_000 },
    'a negative exp': { exp: -1 },
    'nbf as text': { nbf: '1' },
    'iat as text': { iat: '1' },
  },
  'does not take %s for no limit at all',
  async (members) => {
    expect(await verdictsOn(members)).toEqual(['ERR_TOKEN_CLAIM_INVALID', 'accepted'])
  },
)

ruleForEach(
  '7662-6.2-a',
  {
    'a key': { cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } },
    'a certificate': { cnf: { 'x5t#S256': '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } },
    'something unknown': { cnf: { new: 'x' } },
    nothing: { cnf: {} },
    'no object': { cnf: null },
    'a key, as its type says': { token_type: 'DPoP' },
    'a key, as its type says in other letters': { token_type: 'dpop' },
  },
  'refuses a token that the answer binds to %s',
  async (members: Members) => {
    expect(await verdictsOn(members)).toEqual(['ERR_TOKEN_SENDER_CONSTRAINED', 'accepted'])
  },
)

rule('7662-2.2-d', 'says how it came to its verdict, and what the server said', async () => {
  const { auth } = await authenticateWith({ sub: 'alice', exp: undefined })
  const expected: Partial<Auth> = {
    via: 'introspection',
    subject: 'alice',
    clientId: 'client',
    expiresAt: undefined,
  }
  expect(auth).toMatchObject(expected)
  expect(auth.claims).toMatchObject({ active: true, aud: 'https://api.example.com' })
})
