import { expect } from '@jest/globals'
import { createIntrospectingServers } from '../support/introspection.js'
import { judge, requestWithToken } from '../support/request.js'
import { ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

type Members = Readonly<Record<string, unknown>>

/** The verdicts on one token, asked twice, of which the answer differs in these members, and on a good one. */
async function verdictsOn(members: Members): Promise<readonly string[]> {
  const { mint, verdictOn, asked } = await createIntrospectingServers()
  const token = mint(members)
  const verdicts = [await verdictOn(token), await verdictOn(token)]
  expect(asked()).toBe(1)
  return [...verdicts, await verdictOn(mint())]
}

ruleForEach(
  'INTRO-19',
  {
    'another API': { aud: 'https://other.example.com' },
    'another API whose name begins the same': { aud: `${AUDIENCE}.evil.example` },
    'its own client': { aud: 'client' },
    'its API with a slash': { aud: `${AUDIENCE}/` },
    'its API in capitals': { aud: AUDIENCE.toUpperCase() },
    'its API among others in one text': { aud: `${AUDIENCE} https://other.example.com` },
    'several others': { aud: ['https://a.example.com', 'https://b.example.com'] },
  },
  'refuses an active token that is for %s, from memory as well',
  async (members: Members) => {
    expect(await verdictsOn(members)).toEqual(['ERR_TOKEN_AUDIENCE', 'ERR_TOKEN_AUDIENCE', 'accepted'])
  },
)

ruleForEach(
  'INTRO-19',
  {
    'another issuer': { iss: 'https://evil.example.com' },
    'its issuer with a slash': { iss: 'https://as.example.com/' },
    'its issuer in capitals': { iss: 'HTTPS://AS.EXAMPLE.COM' },
    'an empty issuer': { iss: '' },
    'a list of issuers': { iss: ['https://as.example.com'] },
    'no issuer, but null': { iss: null },
  },
  'refuses an active token of %s, from memory as well',
  async (members: Members) => {
    expect(await verdictsOn(members)).toEqual(['ERR_TOKEN_ISSUER', 'ERR_TOKEN_ISSUER', 'accepted'])
  },
)

ruleForEach(
  'INTRO-20',
  {
    'token_type refresh_token': { token_type: 'refresh_token' },
    'token_type Refresh': { token_type: 'Refresh' },
    'token_type N_A': { token_type: 'N_A' },
    'token_type mac': { token_type: 'mac' },
    'an empty token_type': { token_type: '' },
    'token_type as a list': { token_type: ['Bearer'] },
    'token_type null': { token_type: null },
    'token_use refresh': { token_use: 'refresh' },
    'token_use id': { token_use: 'id' },
    'token_use authorization_code': { token_use: 'authorization_code' },
    'typ Refresh': { typ: 'Refresh' },
    'typ Offline': { typ: 'Offline' },
    'typ ID': { typ: 'ID' },
    'typ Logout': { typ: 'Logout' },
    'typ null': { typ: null },
  },
  'takes for no access token what is active and has %s',
  async (members: Members) => {
    expect(await verdictsOn(members)).toEqual(['ERR_TOKEN_TYPE', 'ERR_TOKEN_TYPE', 'accepted'])
  },
)

ruleForEach(
  'INTRO-20',
  {
    'no type': { token_type: undefined },
    'token_type bearer': { token_type: 'bearer' },
    'token_type access_token': { token_type: 'access_token' },
    'token_use access_token': { token_use: 'access_token' },
    'typ Bearer': { typ: 'Bearer' },
  },
  'accepts what is active and has %s',
  async (members: Members) => {
    expect(await verdictsOn(members)).toEqual(['accepted', 'accepted', 'accepted'])
  },
)

ruleForEach(
  'INTRO-21',
  {
    'a key': { cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } },
    'a certificate': { cnf: { 'x5t#S256': 'A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0' } },
    'something unknown': { cnf: { future: 'x' } },
    'no object': { cnf: 'x' },
    null: { cnf: null },
    'a key, as its type alone says': { token_type: 'DPoP' },
    'a key, in a member of another profile': { cnf: {}, token_type: 'Bearer' },
  },
  'refuses an opaque token that is bound to %s, from memory as well',
  async (members: Members) => {
    const refused = 'ERR_TOKEN_SENDER_CONSTRAINED'
    expect(await verdictsOn(members)).toEqual([refused, refused, 'accepted'])
  },
)

/** Gives every object this member while `run` runs, as a mistake in another package would. */
async function whilePolluted<Result>(
  name: string,
  value: unknown,
  run: () => Promise<Result>,
): Promise<Result> {
  Object.defineProperty(Object.prototype, name, { value, configurable: true })
  try {
    return await run()
  } finally {
    Reflect.deleteProperty(Object.prototype, name)
  }
}

ruleForEach(
  'CFG-05',
  {
    'a subject': ['sub', 'admin'],
    'a client': ['client_id', 'admin'],
    'a scope': ['scope', 'admin'],
    'an expiry': ['exp', 9_999_999_999],
  } as const,
  'takes %s that the answer does not name from nowhere else, such as Object.prototype',
  async ([name, value]) => {
    const { resourceServer, mint, verdictOn } = await createIntrospectingServers()
    const bare = { sub: undefined, client_id: undefined, scope: undefined, exp: undefined }
    const [unnamed, named] = [mint(bare), mint({ ...bare, [name]: value })]
    expect(await verdictOn(mint())).toBe('accepted')
    const outcomes = await whilePolluted(name, value, async () => [
      await judge(resourceServer, requestWithToken(unnamed)),
      await judge(resourceServer, requestWithToken(named)),
    ])
    const nothing = { subject: undefined, clientId: undefined, expiresAt: undefined, scopes: new Set() }
    expect(outcomes[0]).toMatchObject({ verdict: 'accepted', auth: nothing })
    expect(outcomes[1]).not.toMatchObject({ auth: nothing })
  },
)

ruleForEach(
  'CFG-05',
  {
    'that a token is active': ['active', true, { active: undefined }, 'ERR_TOKEN_INACTIVE'],
    'for whom a token is': ['aud', AUDIENCE, { aud: undefined }, 'ERR_TOKEN_CLAIM_MISSING'],
    'that anybody may have it': ['isAudienceOptional', true, { aud: undefined }, 'ERR_TOKEN_CLAIM_MISSING'],
  } as const,
  'does not learn from Object.prototype %s',
  async ([name, value, members, code]) => {
    const { mint, verdictOn } = await createIntrospectingServers()
    const token = mint(members)
    expect(await verdictOn(mint())).toBe('accepted')
    expect(await whilePolluted(name, value, () => verdictOn(token))).toBe(code)
  },
)
