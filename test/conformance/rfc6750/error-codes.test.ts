import { beforeEach, describe, expect } from '@jest/globals'
import type { AuthorizationServer } from '@bearward/testing'
import request from 'supertest'
import { ADAPTERS, type Api } from '../../support/apis.js'
import { sendRaw } from '../../support/raw.js'
import {
  INSUFFICIENT_CLAIMS,
  insufficientScope,
  invalidToken,
  MALFORMED,
  NO_CREDENTIALS,
  readRefusal,
  REPEATED,
} from '../../support/refusal.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()

type Mint = (authorizationServer: AuthorizationServer) => Promise<string>

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  let api: Api
  let token: string
  beforeEach(async () => {
    api = createApi(servers().resourceServer)
    token = await servers().authorizationServer.mint({ scope: 'stats:read' })
  })

  const get = (path: string, credentials: string) =>
    request(api.listener).get(path).set('Authorization', credentials)

  rule('6750-3.1-a', 'refuses a request that is malformed, or has credentials twice, with 400', async () => {
    expect(readRefusal(await get('/me', `Bearer ${token} b`))).toEqual(MALFORMED)
    const twice = [`Bearer ${token}`, `Bearer ${token}`].map((value) => ['Authorization', value] as const)
    expect(readRefusal(await sendRaw(api.listener, { fields: twice }))).toEqual(REPEATED)
    expect(api.handled()).toBe(0)
    expect((await get('/me', `Bearer ${token}`)).status).toBe(200)
  })

  ruleForEach<readonly [Mint, string]>(
    '6750-3.1-b',
    {
      'that expired': [(as) => as.mint({ exp: 1 }), 'The access token expired'],
      'that is not valid yet': [
        (as) => as.mint({ nbf: Date.now() / 1000 + 600 }),
        'The access token is not valid yet',
      ],
      'for another resource server': [
        (as) => as.mint({ aud: 'https://other.example.com' }),
        'The access token is meant for another resource server',
      ],
      'of another issuer': [
        (as) => as.mint({ iss: 'https://other.example.com' }),
        'The access token is of an issuer that this resource server does not accept',
      ],
      'with an unknown key': [
        (as) => as.mint({}, { key: 'unpublished' }),
        'The access token is not signed with a key that its issuer publishes',
      ],
      'with a bad signature': [
        (as) => as.mint({}, { signature: 'corrupt' }),
        'The signature of the access token is not valid',
      ],
      'without a signature': [
        (as) => as.mint({}, { signature: 'stripped' }),
        'The signature of the access token is not valid',
      ],
      'that is not a JWT': [() => Promise.resolve('opaque'), 'The access token is not a well-formed JWT'],
      'of another type': [
        (as) => as.mint({}, { header: { typ: 'JWT' } }),
        'The token is not an access token',
      ],
      'without a claim': [(as) => as.mint({ jti: undefined }), 'The access token lacks a required claim'],
    },
    'refuses a token %s with 401 and invalid_token',
    async ([mint, description]) => {
      const bad = await mint(servers().authorizationServer)
      expect(readRefusal(await get('/me', `Bearer ${bad}`))).toEqual(invalidToken(description))
      expect(api.handled()).toBe(0)
      expect((await get('/me', `Bearer ${token}`)).status).toBe(200)
    },
  )

  rule('6750-3.1-c', 'refuses a token without the scopes with 403, and names them all', async () => {
    const post = (scope: string) =>
      servers()
        .authorizationServer.mint({ scope })
        .then((good) => request(api.listener).post('/stats').auth(good, { type: 'bearer' }))
    expect(readRefusal(await post('stats:read'))).toEqual(insufficientScope('stats:read stats:write'))
    expect(api.handled()).toBe(0)
    expect((await post('stats:write stats:read')).status).toBe(200)
  })

  rule('6750-3.1-c', 'asks for the first scope where one of several is enough', async () => {
    const other = await servers().authorizationServer.mint({ scope: 'other' })
    expect(readRefusal(await get('/any', `Bearer ${other}`))).toEqual(insufficientScope('stats:read'))
    expect(api.handled()).toBe(0)
    const second = await servers().authorizationServer.mint({ scope: 'stats:admin' })
    expect((await get('/any', `Bearer ${second}`)).status).toBe(200)
  })

  rule('6750-3.1-c', 'refuses a token whose claims do not fit with 403, and names no scope', async () => {
    expect(readRefusal(await get('/users', `Bearer ${token}`))).toEqual(INSUFFICIENT_CLAIMS)
    expect(api.handled()).toBe(0)
    const user = await servers().authorizationServer.mint({ sub: 'user' })
    expect((await get('/users', `Bearer ${user}`)).status).toBe(200)
  })

  rule('6750-3.1-d', 'challenges a request without credentials, and names no error', async () => {
    for (const path of ['/me', '/stats', '/any', '/users']) {
      expect(readRefusal(await request(api.listener).get(path))).toEqual(NO_CREDENTIALS)
    }
    expect(api.handled()).toBe(0)
    expect((await get('/me', `Bearer ${token}`)).status).toBe(200)
  })

  ruleForEach(
    '6750-3.1-e',
    {
      Basic: 'Basic dTpw',
      Digest: 'Digest username="u", realm="r"',
      Negotiate: 'Negotiate YII=',
      'DPoP with a good token': 'DPoP TOKEN',
      'Token with a good token': 'Token TOKEN',
      'no scheme but a good token': 'TOKEN',
      'Basic before Bearer': 'Basic dTpw, Bearer TOKEN',
      nothing: '',
    },
    'takes credentials with %s for no credentials',
    async (credentials) => {
      const response = await sendRaw(api.listener, {
        fields: [['Authorization', credentials.replace('TOKEN', token)]],
      })
      expect(readRefusal(response)).toEqual(NO_CREDENTIALS)
      expect(api.handled()).toBe(0)
      expect(servers().authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
      expect((await get('/me', `Bearer ${token}`)).status).toBe(200)
    },
  )
})
