import { beforeEach, describe, expect } from '@jest/globals'
import { ConfigurationError } from '@bearward/core'
import { parseChallenges } from '@bearward/testing'
import request from 'supertest'
import { ADAPTERS, type Api } from '../../support/apis.js'
import { FRAMEWORKS } from '../../support/frameworks.js'
import { sendRaw } from '../../support/raw.js'
import { NO_CREDENTIALS, readRefusal } from '../../support/refusal.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { AUDIENCE, useServers } from '../../support/servers.js'

const servers = useServers()

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  /** An API that has set a challenge before. */
  function createChallenging(challenge: string | string[]): Api {
    return createApp(({ step, requireToken, handler }) => [
      step(({ response }) => void response.setHeader('WWW-Authenticate', challenge)),
      requireToken(servers().resourceServer),
      handler(),
    ])
  }

  ruleForEach<() => string | string[]>(
    ['9110-11.3-b', '9110-11.3-a'],
    {
      one: () => 'Basic realm="apps"',
      'a list of one': () => ['Basic realm="apps"'],
      two: () => ['Basic realm="apps"', 'Newauth realm="apps", type=1'],
    },
    'sends the challenge on a line of its own, besides %s of the application, in each response',
    async (createEarlier) => {
      const api = createChallenging(createEarlier())
      const expected = [createEarlier(), 'Bearer realm="protected resource"'].flat()
      expect((await sendRaw(api.listener)).fieldValues('www-authenticate')).toEqual(expected)
      expect((await sendRaw(api.listener)).fieldValues('www-authenticate')).toEqual(expected)
    },
  )

  rule('9110-11.3-b', 'leaves the challenge of the application alone where it accepts', async () => {
    const token = await servers().authorizationServer.mint()
    const response = await sendRaw(createChallenging('Basic realm="apps"').listener, {
      fields: [['Authorization', `Bearer ${token}`]],
    })
    expect(response.status).toBe(200)
    expect(response.fieldValues('www-authenticate')).toEqual(['Basic realm="apps"'])
  })
})

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint()
  })

  ruleForEach(
    '9110-11.5-a',
    {
      'a quote': ['a"b', 'Bearer realm="a\\"b"'],
      'a backslash': ['a\\b', 'Bearer realm="a\\\\b"'],
      'both, and a comma': ['"\\", x="y', 'Bearer realm="\\"\\\\\\", x=\\"y"'],
      'one word': ['apps', 'Bearer realm="apps"'],
    } as const,
    'quotes a realm with %s',
    async ([realm, line]) => {
      const response = await request(createApi(servers().protect({ realm })).listener).get('/me')
      expect(response.headers['www-authenticate']).toBe(line)
      expect(readRefusal(response).challenges).toEqual([{ scheme: 'Bearer', realm }])
    },
  )

  rule('9110-11.2-a', 'has each parameter once, under a lower-case name, as a quoted string', async () => {
    const api = createApi(servers().protect({ errorUri: 'https://docs.example.com/errors' }))
    const response = await request(api.listener)
      .post('/stats')
      .auth(await servers().authorizationServer.mint({ scope: 'stats:read' }), { type: 'bearer' })
    expect(response.headers['www-authenticate']).toBe(
      'Bearer realm="protected resource", scope="stats:read stats:write", error="insufficient_scope", ' +
        'error_description="The access token does not carry a required scope", ' +
        'error_uri="https://docs.example.com/errors"',
    )
  })

  ruleForEach<(api: Api) => Promise<request.Response>>(
    '9110-11.6.1-a',
    {
      'without credentials': ({ listener }) => request(listener).get('/me'),
      'of another scheme': ({ listener }) => request(listener).get('/me').auth('user', 'password'),
      'with a bad token': ({ listener }) => request(listener).get('/me').auth('a.b.c', { type: 'bearer' }),
      'for no route at all': ({ listener }) => request(listener).get('/nowhere'),
      'by HEAD': ({ listener }) => request(listener).head('/me'),
      'by OPTIONS': ({ listener }) => request(listener).options('/me'),
      'by POST, with content': ({ listener }) => request(listener).post('/stats').send({ a: 1 }),
      'by a method that no route has': ({ listener }) => request(listener).delete('/stats'),
    },
    'challenges a request %s that it refuses with 401',
    async (send) => {
      const api = createApi(servers().resourceServer)
      const response = await send(api)
      expect(response.status).toBe(401)
      const challenges = parseChallenges(response.headers['www-authenticate'])
      expect(challenges.map(({ scheme }) => scheme)).toEqual(['Bearer'])
      expect(api.handled()).toBe(0)
      expect((await request(api.listener).get('/me').auth(token, { type: 'bearer' })).status).toBe(200)
    },
  )

  rule('9110-11.6.1-a', 'challenges a guard that refuses an anonymous request', async () => {
    const api = createApi({
      issuer: servers().authorizationServer.issuer,
      audience: AUDIENCE,
      optional: true,
    })
    for (const path of ['/stats', '/any', '/users']) {
      expect(readRefusal(await request(api.listener).get(path))).toEqual(NO_CREDENTIALS)
    }
    expect(api.handled()).toBe(0)
    expect((await request(api.listener).get('/me')).status).toBe(200)
  })
})

ruleForEach(
  '9110-11.5-a',
  { nothing: '', 'a line break': 'a\nb', 'a control character': 'a\u0007', 'a letter outside of ASCII': 'é' },
  'does not start with a realm of %s',
  (realm) => {
    expect(() => servers().protect({ realm })).toThrow(
      new ConfigurationError('realm', 'must be printable ASCII'),
    )
  },
)

describe('a client', () => {
  rule('9110-11.2-a', 'reads names of any case, tokens and quoted strings, and white space', () => {
    const [challenge] = parseChallenges('Bearer Realm = x, SCOPE="a b" , Error_Description="say \\"no\\""')
    expect(Object.fromEntries(challenge?.parameters ?? [])).toEqual({
      realm: 'x',
      scope: 'a b',
      error_description: 'say "no"',
    })
  })

  rule('9110-11.2-a', 'notices a parameter that a challenge has twice', () => {
    expect(parseChallenges('Bearer realm="a", error="x", Error="y"')[0]?.repeated).toEqual(['error'])
    expect(parseChallenges('Basic realm="a", Bearer realm="a"').flatMap(({ repeated }) => repeated)).toEqual(
      [],
    )
  })

  rule('9110-11.3-a', 'finds the Bearer challenge among others, on one line or several', () => {
    const line = 'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Bearer error="invalid_token"'
    for (const lines of [line, [line], ['Negotiate YII=', line]]) {
      const bearer = parseChallenges(lines).find(({ scheme }) => scheme === 'Bearer')
      expect(Object.fromEntries(bearer?.parameters ?? [])).toEqual({ error: 'invalid_token' })
    }
  })
})
