import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer, request as startRequest, type RequestOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect } from '@jest/globals'
import { fromNodeRequest, fromWebRequest } from '@bearward/core'
import request from 'supertest'
import type { Api } from '../../support/apis.js'
import { FRAMEWORKS } from '../../support/frameworks.js'
import { sendRaw } from '../../support/raw.js'
import { invalidToken, NO_CREDENTIALS, NO_TLS, readRefusal } from '../../support/refusal.js'
import { requestWithToken, verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

/** TLS without certificates: both sides know a secret. */
const SECRET = { psk: Buffer.from('a secret of this test'), identity: 'test' }
const TLS = { ciphers: 'PSK', maxVersion: 'TLSv1.2', minVersion: 'TLSv1.2' } as const
const servers = useServers()

async function getOverTls(api: Api, headers: Record<string, string>): Promise<number | undefined> {
  const server = createServer({ ...TLS, pskCallback: () => SECRET.psk }, api.listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const pskOptions = { pskCallback: () => SECRET, checkServerIdentity: () => undefined }
    const options = { ...TLS, ...pskOptions, host: '127.0.0.1', port, path: '/me', headers, agent: false }
    const sent = startRequest(options as RequestOptions).end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    await text(response)
    return response.statusCode
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint()
  })

  function protect(requireTls: boolean, trustProxy = false): Api {
    return createApp(
      ({ requireToken, handler }) => [requireToken(servers().protect({ requireTls })), handler()],
      { trustProxy },
    )
  }

  rule('6750-5.2-a', 'refuses a token that came without TLS, unseen, where TLS is required', async () => {
    const api = protect(true)
    const response = await request(api.listener).get('/me').auth(token, { type: 'bearer' })
    expect(readRefusal(response)).toEqual(NO_TLS)
    expect(api.handled()).toBe(0)
    expect(servers().authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    const lenient = await request(protect(false).listener).get('/me').auth(token, { type: 'bearer' })
    expect(lenient.status).toBe(200)
  })

  rule('6750-5.2-a', 'accepts a token that came over TLS', async () => {
    const api = protect(true)
    expect(await getOverTls(api, { Authorization: `Bearer ${token}` })).toBe(200)
    expect(await getOverTls(api, {})).toBe(401)
    expect(api.handled()).toBe(1)
  })

  rule('6750-5.2-a', 'believes a proxy that ends TLS where the app trusts it', async () => {
    const api = protect(true, true)
    const get = (protocol: string) =>
      request(api.listener).get('/me').auth(token, { type: 'bearer' }).set('X-Forwarded-Proto', protocol)
    expect(readRefusal(await get('http'))).toEqual(NO_TLS)
    expect(api.handled()).toBe(0)
    expect((await get('https')).status).toBe(200)
  })

  ruleForEach(
    '6750-5.2-a',
    {
      'X-Forwarded-Proto': ['/me', 'X-Forwarded-Proto', 'https'],
      'X-Forwarded-Ssl': ['/me', 'X-Forwarded-Ssl', 'on'],
      'Front-End-Https': ['/me', 'Front-End-Https', 'on'],
      Forwarded: ['/me', 'Forwarded', 'proto=https'],
      'the request target': ['https://api.example.com/me', 'X-Nothing', ''],
    } as const,
    'does not believe a client that claims TLS with %s',
    async ([target, name, value]) => {
      const api = protect(true)
      const fields = [
        ['Authorization', `Bearer ${token}`],
        [name, value],
      ] as const
      expect(readRefusal(await sendRaw(api.listener, { target, fields }))).toEqual(NO_TLS)
      expect(api.handled()).toBe(0)
    },
  )

  rule('6750-5.2-b', 'refuses a token for another resource server', async () => {
    const api = protect(false)
    const get = async (aud: unknown) =>
      request(api.listener)
        .get('/me')
        .auth(await servers().authorizationServer.mint({ aud }), { type: 'bearer' })
    for (const audience of ['https://other.example.com', 'https://api.example.com/', ['https://other']]) {
      expect(readRefusal(await get(audience))).toEqual(
        invalidToken('The access token is meant for another resource server'),
      )
    }
    expect(api.handled()).toBe(0)
    expect((await get(['https://other.example.com', 'https://api.example.com'])).status).toBe(200)
  })

  ruleForEach(
    '6750-5.3-a',
    {
      'the token': (good: string) => `access_token=${good}`,
      'whole credentials': (good: string) => `Authorization=Bearer%20${good}; token=${good}`,
    },
    'ignores a cookie that holds %s',
    async (write) => {
      const api = protect(false)
      const response = await request(api.listener).get('/me').set('Cookie', write(token))
      expect(readRefusal(response)).toEqual(NO_CREDENTIALS)
      expect(api.handled()).toBe(0)
      const accepted = request(api.listener).get('/me').auth(token, { type: 'bearer' })
      expect((await accepted.set('Cookie', 'access_token=a.b.c')).status).toBe(200)
    },
  )

  rule('6750-5.3-a', 'takes a token from a cookie only by a readAccessToken of the application', async () => {
    const readAccessToken = ({ fieldValues }: { fieldValues(name: string): readonly string[] }) =>
      /(?:^|; )__Host-token=(?<token>[^;]*)/.exec(fieldValues('cookie').join('; '))?.groups?.['token']
    const api = createApp(({ requireToken, handler }) => [
      requireToken(servers().protect({ readAccessToken })),
      handler(),
    ])
    const get = (cookie: string) => request(api.listener).get('/me').set('Cookie', cookie)
    expect((await get(`a=b; __Host-token=${token}`)).status).toBe(200)
    expect(readRefusal(await get(`token=${token}`))).toEqual(NO_CREDENTIALS)
    expect(readRefusal(await request(api.listener).get('/me').auth(token, { type: 'bearer' }))).toEqual(
      NO_CREDENTIALS,
    )
  })
})

ruleForEach(
  '6750-5.2-a',
  { 'without TLS': false, 'in a way that nobody knows': undefined },
  'refuses a request that came %s, where TLS is required',
  async (secure) => {
    const resourceServer = servers().protect({ requireTls: true })
    const request = requestWithToken(await servers().authorizationServer.mint())
    expect(await verdictOn(resourceServer, { ...request, secure })).toBe('ERR_TLS_REQUIRED')
    expect(await verdictOn(resourceServer, { ...request, secure: true })).toBe('accepted')
  },
)

rule(
  '6750-5.2-a',
  'tells from a request of the Fetch standard and from a socket whether there is TLS',
  async () => {
    const resourceServer = servers().protect({ requireTls: true })
    const headers = { authorization: `Bearer ${await servers().authorizationServer.mint()}` }
    const over = (protocol: string) =>
      fromWebRequest(new Request(`${protocol}://api.example.com/me`, { headers }))
    expect(await verdictOn(resourceServer, over('https'))).toBe('accepted')
    expect(await verdictOn(resourceServer, over('http'))).toBe('ERR_TLS_REQUIRED')
    const on = (socket: object) => fromNodeRequest({ headers, socket })
    expect(await verdictOn(resourceServer, on({ encrypted: true }))).toBe('accepted')
    expect(await verdictOn(resourceServer, on({ encrypted: 'yes' }))).toBe('ERR_TLS_REQUIRED')
    expect(await verdictOn(resourceServer, on({}))).toBe('ERR_TLS_REQUIRED')
  },
)
