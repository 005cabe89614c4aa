import { describe, expect } from '@jest/globals'
import { ConfigurationError, type CommonOptions } from '@bearward/core'
import { parseChallenges } from '@bearward/testing'
import request, { type Response } from 'supertest'
import { ADAPTERS, type ApiFactory } from '../../support/apis.js'
import { FRAMEWORKS } from '../../support/frameworks.js'
import { insufficientScope, invalidToken, readRefusal } from '../../support/refusal.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const ERROR_URI = 'https://docs.example.com/errors?lang=en#tokens'
const servers = useServers()

/** Requests that are refused: path, credentials, and the claims of the token in them. */
const REFUSED: Readonly<Record<string, readonly [path: string, credentials: string, claims?: object]>> = {
  'a request without credentials': ['/me', ''],
  'a request with another scheme': ['/me', 'Basic dTpw'],
  'a malformed request': ['/me', 'Bearer a b'],
  'a token that is none': ['/me', 'Bearer a.b.c'],
  'an expired token': ['/me', 'Bearer TOKEN', { exp: 1 }],
  'a token without the scope': ['/stats', 'Bearer TOKEN', { scope: 'other' }],
  'a token with none of the scopes': ['/any', 'Bearer TOKEN', { scope: 'other' }],
  'a token with other claims': ['/users', 'Bearer TOKEN'],
}

async function send(
  createApi: ApiFactory,
  [path, credentials, claims]: readonly [path: string, credentials: string, claims?: object],
  options: CommonOptions = {},
): Promise<Response> {
  const token = await servers().authorizationServer.mint({ ...claims })
  const pending = request(createApi(servers().protect(options)).listener).get(path)
  return credentials === '' ? pending : pending.set('Authorization', credentials.replace('TOKEN', token))
}

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  ruleForEach(
    ['6750-3-a', '6750-3-b', '6750-3-c'],
    REFUSED,
    'answers %s with one challenge, which has parameters, each of them once',
    async (message) => {
      const response = await send(createApi, message, { errorUri: ERROR_URI })
      const challenges = parseChallenges(response.headers['www-authenticate'])
      expect([400, 401, 403]).toContain(response.status)
      expect(challenges).toHaveLength(1)
      expect(challenges[0]).toMatchObject({ scheme: 'Bearer', repeated: [] })
      expect(challenges[0]?.parameters.get('realm')).toBe('protected resource')
    },
  )

  rule('6750-3-a', 'does not challenge a request that it accepts', async () => {
    for (const path of ['/me', '/stats', '/any']) {
      const response = await send(createApi, [path, 'Bearer TOKEN'])
      expect(response.status).toBe(200)
      expect(response.headers).not.toHaveProperty('www-authenticate')
    }
  })

  rule('6750-3-d', 'writes scopes in the order of the guard, with one space between them', async () => {
    const api = createApi(servers().resourceServer)
    const token = await servers().authorizationServer.mint({ scope: 'Stats:Read' })
    const all = await request(api.listener).post('/stats').auth(token, { type: 'bearer' })
    expect(readRefusal(all)).toEqual(insufficientScope('stats:read stats:write'))
    const any = await request(api.listener).get('/any').auth(token, { type: 'bearer' })
    expect(readRefusal(any)).toEqual(insufficientScope('stats:read'))
  })

  rule('6750-3-e', 'names the error where a token was presented and refused', async () => {
    const refused = await send(createApi, ['/me', 'Bearer TOKEN', { exp: 1 }])
    expect(readRefusal(refused)).toEqual(invalidToken('The access token expired'))
    expect((await send(createApi, ['/me', 'Bearer TOKEN'])).status).toBe(200)
  })

  ruleForEach(
    ['6750-3-f', '6750-3-h'],
    {
      'the issuer': { iss: 'https://as.example.com/"\\\r\né日' },
      'the audience': { aud: '"\\\r\né日' },
      'the subject': { sub: '"\\\r\né日', exp: 1 },
      'the scope': { scope: '"\\\r\né日' },
      'another claim': { '"\\\r\né日': '"\\\r\né日', exp: 'soon' },
    },
    'writes nothing into the header fields that comes from %s of the token',
    async (claims) => {
      const response = await send(createApi, ['/stats', 'Bearer TOKEN', claims])
      expect([401, 403]).toContain(response.status)
      const [challenge] = parseChallenges(response.headers['www-authenticate'])
      expect(challenge?.parameters.get('error')).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/)
      expect(challenge?.parameters.get('error_description')).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/)
      expect(response.text + JSON.stringify(response.headers)).not.toMatch(/é|日|\\r|\\n/)
    },
  )

  ruleForEach(
    ['6750-3-f', '6750-3-h'],
    {
      'a key identifier': { kid: '"\\\r\né日' },
      'an algorithm': { alg: '"\\\r\né日' },
      'a type': { typ: '"\\\r\né日' },
    },
    'writes nothing into the header fields that comes from %s',
    async (header) => {
      const token = await servers().authorizationServer.mint({}, { header })
      const api = createApi(servers().resourceServer)
      const response = await request(api.listener).get('/me').auth(token, { type: 'bearer' })
      expect(response.status).toBe(401)
      expect(response.text + JSON.stringify(response.headers)).not.toMatch(/é|日|\\r|\\n/)
    },
  )

  rule('6750-3-g', 'sends the address of an explanation with each error, and only then', async () => {
    const [challenge] = readRefusal(
      await send(createApi, ['/me', 'Bearer a b'], { errorUri: ERROR_URI }),
    ).challenges
    expect(challenge).toMatchObject({ error: 'invalid_request', error_uri: ERROR_URI })
    const [bare] = readRefusal(await send(createApi, ['/me', ''], { errorUri: ERROR_URI })).challenges
    expect(bare).toEqual({ scheme: 'Bearer', realm: 'protected resource' })
  })
})

ruleForEach(
  '6750-3-g',
  {
    'without a scheme': '/errors',
    'without a slash': 'errors',
    empty: '',
    'with a quote': 'https://docs.example.com/"',
    'with a backslash': 'https://docs.example.com/\\',
    'with a space': 'https://docs.example.com/a b',
    'with a line break': 'https://docs.example.com/\r\n',
    'with a letter outside of ASCII': 'https://docs.example.com/\u00e9',
  },
  'does not start with an errorUri %s',
  (errorUri) => {
    expect(() => servers().protect({ errorUri })).toThrow(
      new ConfigurationError('errorUri', 'must be an absolute URI of printable ASCII'),
    )
    expect(servers().protect({ errorUri: ERROR_URI })).toBeDefined()
  },
)

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  ruleForEach(
    '6750-3-d',
    {
      'a quote': 'a"b',
      'a backslash': 'a\\b',
      'a letter outside of ASCII': 'é',
      'a space': 'a b',
      nothing: '',
    },
    'does not start with a scope that has %s',
    (scope) => {
      createApp(({ requireScope, requireAnyScope, handler }) => {
        for (const require of [requireScope, requireAnyScope]) {
          expect(() => require('stats:read', scope)).toThrow(ConfigurationError)
          expect(() => require()).toThrow(ConfigurationError)
        }
        return [requireScope('stats:read', "!#[]~'"), handler()]
      })
    },
  )
})
