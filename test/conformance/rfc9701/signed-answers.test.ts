import { expect } from '@jest/globals'
import type { MintOptions } from '@bearward/testing'
import { toJson } from '../../support/introspection.js'
import { judge, requestWithToken, verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { ACTIVE, HEADER, JWT_TYPE, TOP, useSignedAnswers } from './signed-answers.js'

const servers = useSignedAnswers()
const UNBELIEVABLE = 'ERR_INTROSPECTION_RESPONSE'

rule('9701-4-a', 'asks for a signed answer alone, where it wants one', async () => {
  const { authorizationServer, introspect, answer, questions } = servers()
  answer(undefined)
  const token = authorizationServer.mintOpaque({ sub: 'alice' })
  const accepted = await judge(introspect({ responseFormat: 'jwt' }), requestWithToken(token))
  expect(accepted).toMatchObject({ verdict: 'accepted', auth: { subject: 'alice', via: 'introspection' } })
  expect(await servers().verdict()).toBe('ERR_TOKEN_INACTIVE')
  expect(await verdictOn(introspect({ responseFormat: 'json' }), token)).toBe('accepted')
  expect(questions.map(({ headers }) => headers.accept)).toEqual([JWT_TYPE, JWT_TYPE, 'application/json'])
})

ruleForEach(
  '9701-5-a',
  {
    'application/jwt': ['application/jwt', 'ERR_AUTHORIZATION_SERVER_RESPONSE'],
    'text/plain': ['text/plain', 'ERR_AUTHORIZATION_SERVER_RESPONSE'],
    'the type without its suffix': ['application/token-introspection', 'ERR_AUTHORIZATION_SERVER_RESPONSE'],
    'the right type': [JWT_TYPE, 'accepted'],
    'the right type with a parameter': [`${JWT_TYPE}; charset=utf-8`, 'accepted'],
    'the right type in capitals': [JWT_TYPE.toUpperCase(), 'accepted'],
  } as const,
  'judges a signed answer by its media type: %s',
  async ([type, code]) => {
    const { authorizationServer, answer } = servers()
    const body = await authorizationServer.mint({ ...TOP, token_introspection: ACTIVE }, { header: HEADER })
    answer({ headers: { 'Content-Type': type }, body })
    expect(await servers().verdict()).toBe(code)
  },
)

ruleForEach(
  '9701-5-a',
  {
    'of an access token': ['at+jwt', UNBELIEVABLE],
    'of any JWT': ['JWT', UNBELIEVABLE],
    'that is missing': [undefined, UNBELIEVABLE],
    'that is its media type in part': ['introspection+jwt', UNBELIEVABLE],
    'that is right': ['token-introspection+jwt', 'accepted'],
    'that is right, and written in full': ['application/token-introspection+jwt', 'accepted'],
  } as const,
  'judges a signed answer by its typ: one %s',
  async ([typ, code]) => {
    expect(await servers().verdictWith({}, { header: { typ } })).toBe(code)
  },
)

ruleForEach(
  '9701-5-e',
  {
    'no signature': { signature: 'none' },
    'the signature taken away': { signature: 'stripped' },
    'a corrupt signature': { signature: 'corrupt' },
    'a key that is not published': { key: 'unpublished' },
    'a shared secret': { key: { secret: Buffer.alloc(32, 1) } },
    'a critical header parameter': { header: { ...HEADER, crit: ['b64'], b64: true } },
  } satisfies Readonly<Record<string, MintOptions>>,
  'does not believe an answer with %s',
  async (options: MintOptions) => {
    expect(await servers().verdictWith({}, options)).toBe(UNBELIEVABLE)
    expect(await servers().verdictWith()).toBe('accepted')
  },
)

rule('9701-5-e', 'accepts the algorithms that are configured, and no others', async () => {
  const { introspect } = servers()
  expect(await servers().verdictWith()).toBe('accepted')
  const strict = introspect({ responseFormat: 'jwt' }, { algorithms: ['RS256'] })
  expect(await verdictOn(strict, 'opaque')).toBe(UNBELIEVABLE)
  expect(await verdictOn(introspect({ responseFormat: 'jwt' }, { algorithms: ['ES256'] }), 'opaque')).toBe(
    'accepted',
  )
})

rule('9701-5-f', 'does not make do with plain JSON where it wants a signed answer', async () => {
  const { introspect, answer } = servers()
  answer(toJson(ACTIVE))
  expect(await servers().verdict()).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
  expect(await verdictOn(introspect({ responseFormat: 'json' }), 'opaque')).toBe('accepted')
})

rule('9701-5-f', 'does not take a signed answer for a plain one', async () => {
  const { introspect } = servers()
  expect(await servers().verdictWith()).toBe('accepted')
  expect(await verdictOn(introspect({ responseFormat: 'json' }), 'opaque')).toBe(
    'ERR_AUTHORIZATION_SERVER_RESPONSE',
  )
})
