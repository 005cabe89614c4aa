import { runInNewContext } from 'node:vm'
import { expect } from '@jest/globals'
import { RefusedError, type Auth, type Requirement } from '@bearward/core'
import { parseChallenges } from '@bearward/testing'
import { requestWithToken } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

const authenticate = async (): Promise<Auth> =>
  servers().resourceServer.authenticate(requestWithToken(await servers().authorizationServer.mint()))

/** What a requirement of the application's own ends with: nothing where it allows the request. */
async function outcomeOf(requirement: () => unknown): Promise<unknown> {
  const auth = await authenticate()
  try {
    servers().resourceServer.authorize(auth, requirement as Requirement)
    return undefined
  } catch (error) {
    return error
  }
}

/** The challenge that goes with a refusal, as it is sent. */
const challengeOf = (error: unknown): unknown =>
  servers().resourceServer.answer(error)?.headers['WWW-Authenticate']

const ODD: Readonly<Record<string, () => unknown>> = {
  false: () => false,
  true: () => true,
  null: () => null,
  'a text': () => 'ERR_SCOPE_INSUFFICIENT',
  'an empty object': () => ({}),
  'a list': () => ['ERR_SCOPE_INSUFFICIENT'],
  'a function': () => () => undefined,
  'a promise of nothing': () => Promise.resolve(undefined),
  'a promise that rejects': () => Promise.reject(new RefusedError('ERR_CLAIMS_INSUFFICIENT')),
  'a promise of another realm that rejects': () =>
    runInNewContext('Promise.reject(new Error("x"))') as unknown,
  'a thenable that rejects': () => ({
    then: (_: unknown, fail: (reason: Error) => void) => fail(new Error()),
  }),
  'a code of another kind': () => ({ code: 'ERR_TOKEN_EXPIRED' }),
  'a code that does not exist': () => ({ code: 'ERR_NO_TENANT' }),
  'a code that every object has': () => ({ code: 'constructor' }),
  'a code in a list': () => ({ code: ['ERR_SCOPE_INSUFFICIENT'] }),
  'a refusal, made but not thrown': () => new RefusedError('ERR_CREDENTIALS_MISSING'),
}

ruleForEach('ERR-07', ODD, 'is passed by no requirement that returns %s', async (requirement) => {
  expect(await outcomeOf(requirement)).toBeInstanceOf(TypeError)
  await new Promise(setImmediate)
  expect(await outcomeOf(() => undefined)).toBeUndefined()
  expect(await outcomeOf(() => ({ code: 'ERR_CLAIMS_INSUFFICIENT' }))).toMatchObject({
    code: 'ERR_CLAIMS_INSUFFICIENT',
    status: 403,
  })
})

const ILL_FORMED: Readonly<Record<string, unknown>> = {
  'a quote': 'a"b',
  'a backslash': 'a\\b',
  'a line break': 'a\r\nX-Injected: yes',
  'a tab': 'a\tb',
  'a zero byte': 'a\u0000',
  'a letter that is not ASCII': 'tenant:é',
  'two spaces': 'a  b',
  'a space at the end': 'a ',
  'no text': '',
  null: null,
  'a number': 1,
  'a list': ['stats:read'],
}

ruleForEach(
  ['SCOPE-10', 'ERR-07'],
  ILL_FORMED,
  'makes an error of the developer of a requirement whose scope is %s',
  async (scope) => {
    for (const code of ['ERR_SCOPE_INSUFFICIENT', 'ERR_CLAIMS_INSUFFICIENT']) {
      const error = await outcomeOf(() => ({ code, scope }))
      expect(error).toBeInstanceOf(TypeError)
      expect(servers().resourceServer.answer(error)).toBeUndefined()
    }
  },
)

rule('SCOPE-10', 'asks for the scopes that a requirement of the application names', async () => {
  const error = await outcomeOf(() => ({ code: 'ERR_SCOPE_INSUFFICIENT', scope: 'tenant:1 tenant:2' }))
  expect(error).toMatchObject({ code: 'ERR_SCOPE_INSUFFICIENT', scope: 'tenant:1 tenant:2' })
  const [challenge] = parseChallenges(String(challengeOf(error)))
  expect(Object.fromEntries(challenge?.parameters ?? [])).toMatchObject({
    error: 'insufficient_scope',
    scope: 'tenant:1 tenant:2',
  })
  const bare = await outcomeOf(() => ({ code: 'ERR_SCOPE_INSUFFICIENT' }))
  expect(String(challengeOf(bare))).not.toContain('scope="')
})

rule('SCOPE-10', 'breaks no header field with the scope of a refusal that is thrown', async () => {
  const scope = 'a"b\\c\r\nX-Injected: \u0000\u007fé日'
  const error = await outcomeOf(() => {
    throw new RefusedError('ERR_SCOPE_INSUFFICIENT', { scope })
  })
  expect(String(challengeOf(error))).toContain('scope="a\\"b\\\\cX-Injected: "')
  expect(String(challengeOf(error))).toMatch(/^[\x20-\x7E]+$/)
})
