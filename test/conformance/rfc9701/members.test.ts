import { expect } from '@jest/globals'
import { judge, requestWithToken } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { AUDIENCE } from '../../support/servers.js'
import { ACTIVE, HEADER, JWT_TYPE, TOP, useSignedAnswers } from './signed-answers.js'

type Members = Readonly<Record<string, unknown>>

const servers = useSignedAnswers()
const UNBELIEVABLE = 'ERR_INTROSPECTION_RESPONSE'

ruleForEach(
  '9701-5-b',
  {
    'no iss': { iss: undefined },
    'another iss': { iss: 'https://evil.example.com' },
    'a list of issuers': { iss: ['https://as.example.com'] },
    'no aud': { aud: undefined },
    'the aud of another resource server': { aud: 'other' },
    'the aud of others': { aud: ['other', 'https://other.example.com'] },
    'no aud in its list': { aud: [] },
    'a part of the right aud': { aud: 'clien' },
    'an aud that is no text': { aud: [['client']] },
    'no iat': { iat: undefined },
    'iat as text': { iat: '1' },
    'no token_introspection': { token_introspection: undefined },
    'null as token_introspection': { token_introspection: null },
    'a list as token_introspection': { token_introspection: [ACTIVE] },
    'text as token_introspection': { token_introspection: JSON.stringify(ACTIVE) },
  },
  'does not believe a signed answer with %s',
  async (members: Members) => {
    expect(await servers().verdictWith(members)).toBe(UNBELIEVABLE)
    expect(await servers().verdictWith()).toBe('accepted')
  },
)

ruleForEach(
  '9701-5-b',
  {
    'its client identifier': 'client',
    'its audience': AUDIENCE,
    'both, and others': ['other', 'client', AUDIENCE],
  },
  'believes a signed answer that names it by %s',
  async (aud) => {
    expect(await servers().verdictWith({ aud })).toBe('accepted')
    expect(await servers().verdictWith({ aud: 'other' })).toBe(UNBELIEVABLE)
  },
)

ruleForEach(
  '9701-5-c',
  {
    'that the token is active': [{ active: true }, { active: false }, 'ERR_TOKEN_INACTIVE'],
    'that it is active, where nothing is said inside': [
      { active: true },
      { aud: AUDIENCE },
      'ERR_TOKEN_INACTIVE',
    ],
    'for whom it is': [{ aud: ['client', AUDIENCE] }, { active: true }, 'ERR_TOKEN_CLAIM_MISSING'],
    'that it is inactive': [{ active: false }, ACTIVE, 'accepted'],
  } as const,
  'believes nothing that a signed answer says of the token at its top level: %s',
  async ([members, inner, code]) => {
    expect(await servers().verdictWith({ ...members, token_introspection: inner })).toBe(code)
  },
)

rule(['9701-5-c', '9701-5-d'], 'takes subject, scopes and exp from inside the answer alone', async () => {
  const { authorizationServer, introspect, answer } = servers()
  const outer = { ...TOP, sub: 'admin', exp: 9_999_999_999, scope: 'admin', client_id: 'admin' }
  const inner = { ...ACTIVE, sub: 'alice', scope: 'stats:read' }
  const body = await authorizationServer.mint({ ...outer, token_introspection: inner }, { header: HEADER })
  answer({ headers: { 'Content-Type': JWT_TYPE }, body })
  const outcome = await judge(introspect({ responseFormat: 'jwt' }), requestWithToken('opaque'))
  expect(outcome).toMatchObject({
    verdict: 'accepted',
    auth: { subject: 'alice', clientId: undefined, expiresAt: undefined, scopes: new Set(['stats:read']) },
  })
})

ruleForEach(
  '9701-5-d',
  {
    'encrypted with nothing signed in it':
      'eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..aaaaaaaaaaaaaaaa.aaaa.aaaaaaaaaaaaaaaaaaaaaa',
    'no JWT': 'a.b',
    empty: '',
    'plain JSON': JSON.stringify(ACTIVE),
  },
  'does not believe an answer that should be signed, and is %s',
  async (body) => {
    const { answer } = servers()
    answer({ headers: { 'Content-Type': JWT_TYPE }, body })
    expect(await servers().verdict()).toBe(UNBELIEVABLE)
    expect(await servers().verdictWith()).toBe('accepted')
  },
)
