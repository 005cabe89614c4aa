import { describe, expect } from '@jest/globals'
import { fromNodeRequest, fromWebRequest, type NodeRequest } from '@bearward/core'
import { judge, requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

rule('OWN-36', 'accepts nothing without TLS that it has kept from a request with it', async () => {
  const { authorizationServer, resourceServer: open, protect } = servers()
  const resourceServer = protect({ requireTls: true })
  const token = await authorizationServer.mint()
  const over = (secure: boolean | undefined) =>
    verdictOn(resourceServer, { ...requestWithToken(token), secure })
  for (let time = 0; time < 4; time += 1) expect(await over(true)).toBe('accepted')
  for (const secure of [false, undefined, 'true', 1] as boolean[])
    expect(await over(secure)).toBe('ERR_TLS_REQUIRED')
  expect([await over(true), await verdictOn(open, token)]).toEqual(['accepted', 'accepted'])
})

describe('a request of node:http', () => {
  const verdict = (message: NodeRequest) => verdictOn(servers().resourceServer, fromNodeRequest(message))

  rule('OWN-38', 'has no field that the application has removed, though it came', async () => {
    const token = `Bearer ${await servers().authorizationServer.mint()}`
    const rawHeaders = ['Authorization', token]
    expect(await verdict({ rawHeaders, headers: {} })).toBe('ERR_CREDENTIALS_MISSING')
    expect(await verdict({ rawHeaders, headers: { authorization: undefined } })).toBe(
      'ERR_CREDENTIALS_MISSING',
    )
    expect(await verdict({ rawHeaders, headers: { authorization: token } })).toBe('accepted')
  })

  rule('OWN-39', 'has two fields though the application has put one in their place', async () => {
    const token = `Bearer ${await servers().authorizationServer.mint()}`
    const rawHeaders = ['authorization', 'Basic dTpw', 'x', 'y', 'AUTHORIZATION', 'Bearer x']
    expect(await verdict({ rawHeaders, headers: { authorization: token } })).toBe('ERR_CREDENTIALS_REPEATED')
    expect(await verdict({ rawHeaders: ['x', 'y'], headers: { authorization: token } })).toBe('accepted')
  })

  rule('OWN-40', 'has no field where there is half a one, an inherited one, or none at all', async () => {
    const token = `Bearer ${await servers().authorizationServer.mint()}`
    const inherited = Object.create({ authorization: token }) as Record<string, string>
    const messages: readonly NodeRequest[] = [
      {},
      { rawHeaders: ['Authorization'] },
      { rawHeaders: [token, 'Authorization'] },
      { headers: inherited },
      { headers: { Authorization: token } },
    ]
    for (const message of messages) expect(await verdict(message)).toBe('ERR_CREDENTIALS_MISSING')
    expect(await verdict({ headers: { authorization: token } })).toBe('accepted')
  })
})

ruleForEach(
  'OWN-41',
  {
    'the same twice': [(good: string) => [`Bearer ${good}`, `Bearer ${good}`], 'ERR_CREDENTIALS_REPEATED'],
    'another scheme before it': [
      (good: string) => ['Basic dTpw', `Bearer ${good}`],
      'ERR_CREDENTIALS_REPEATED',
    ],
    'another scheme after it': [
      (good: string) => [`Bearer ${good}`, 'Basic dTpw'],
      'ERR_CREDENTIALS_MALFORMED',
    ],
    'itself inside another field value': [
      (good: string) => [`Digest username="x, Bearer ${good}"`],
      'ERR_CREDENTIALS_REPEATED',
    ],
    'itself alone': [(good: string) => [`Bearer ${good}`], 'accepted'],
  } as const,
  'judges a request of the Fetch standard that has a token and %s',
  async ([toValues, verdict]) => {
    const { authorizationServer, resourceServer } = servers()
    const headers = new Headers()
    for (const value of toValues(await authorizationServer.mint())) headers.append('authorization', value)
    const request = fromWebRequest(new Request('https://api.example.com/me', { headers }))
    for (let time = 0; time < 4; time += 1) expect(await verdictOn(resourceServer, request)).toBe(verdict)
  },
)

rule('OWN-42', 'takes the token that it judges from one look, whatever later looks find', async () => {
  const { authorizationServer, resourceServer } = servers()
  const [alice, bob] = [
    await authorizationServer.mint({ sub: 'alice' }),
    await authorizationServer.mint({ sub: 'bob' }),
  ]
  const bad = await authorizationServer.mint({ sub: 'eve' }, { signature: 'corrupt' })
  for (let time = 0; time < 4; time += 1) expect(await verdictOn(resourceServer, alice)).toBe('accepted')
  for (const [first, later, verdict] of [
    [alice, bad, alice],
    [alice, bob, alice],
    [bob, bad, bob],
    [bob, alice, bob],
    [bad, alice, 'ERR_TOKEN_SIGNATURE'],
    [bad, bob, 'ERR_TOKEN_SIGNATURE'],
  ] as const) {
    let looks = 0
    const fieldValues = () => [`Bearer ${looks++ === 0 ? first : later}`]
    const outcome = await judge(resourceServer, { ...requestWithToken(''), fieldValues })
    if (outcome.verdict !== 'accepted') {
      expect(outcome.error.code).toBe(verdict)
      continue
    }
    const { token, subject } = outcome.auth
    expect([token, subject]).toEqual([verdict, verdict === alice ? 'alice' : 'bob'])
  }
})

rule('OWN-43', 'takes no token from what a form inherits, or has as a getter of its prototype', async () => {
  const { authorizationServer, protect } = servers()
  const resourceServer = protect({ bearerMethods: ['body'] })
  const token = await authorizationServer.mint()
  class Form {
    get access_token() {
      return token
    }
  }
  const type = ['Content-Type', 'application/x-www-form-urlencoded']
  const verdict = (body: unknown) =>
    verdictOn(resourceServer, fromNodeRequest({ method: 'POST', rawHeaders: type }, { body }))
  for (const body of [
    Object.create({ access_token: token }),
    new Form(),
    [token],
    token,
    null,
    Buffer.from(token),
  ]) {
    expect(await verdict(body)).toBe('ERR_CREDENTIALS_MISSING')
  }
  expect(await verdict({ access_token: new String(token) })).toBe('ERR_CREDENTIALS_MALFORMED')
  expect(await verdict(Object.assign(Object.create(null), { access_token: token }))).toBe('accepted')
})
