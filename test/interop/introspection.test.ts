import { describe, expect, test } from '@jest/globals'
import type { IntrospectionCredentials, IntrospectionOptions } from '@bearward/core'
import type express from 'express'
import request from 'supertest'
import { insufficientScope, invalidToken, readRefusal } from '../support/refusal.js'
import { createApi } from './support/api.js'
import { OTHER_API } from './support/authorization-server.js'
import { startGlewlwyd } from './support/glewlwyd.js'
import { startOidcProvider } from './support/oidc-provider.js'
import { SERVERS, useServer } from './support/servers.js'

const INACTIVE = invalidToken('The access token is not active')
const FOREIGN = invalidToken('The access token is meant for another resource server')
const ACCEPTED = [200, { clientId: 'reporter', scopes: ['stats:read'], via: 'introspection' }]

const get = (api: express.Express, token: string) =>
  request(api).get('/stats').auth(token, { type: 'bearer' })

describe.each(SERVERS)('access tokens that %s introspects', (_name, start, methods) => {
  const stage = useServer(start, 'opaque')

  describe.each(methods)('for an API that authenticates by %s', (method) => {
    const protect = (options?: { readonly audience: string }) => {
      const introspection = stage().introspectionCredentials(method)
      return createApi(stage().protect({ ...options, accessTokens: 'opaque', introspection }))
    }

    test('are accepted as issued, and refused when altered', async () => {
      const api = protect()
      const token = await stage().getToken()
      const accepted = await get(api, token)
      expect([accepted.status, accepted.body]).toEqual(ACCEPTED)
      expect(readRefusal(await get(api, alter(token)))).toEqual(INACTIVE)
    })

    test('are refused with too little scope, and accepted with more', async () => {
      const api = protect()
      const narrow = await stage().getToken({ scope: 'stats:read' })
      const wide = await stage().getToken({ scope: 'stats:read stats:write' })
      const refused = await request(api).post('/stats').auth(narrow, { type: 'bearer' })
      expect(readRefusal(refused)).toEqual(insufficientScope('stats:write'))
      expect((await request(api).post('/stats').auth(wide, { type: 'bearer' })).status).toBe(200)
    })

    test('are refused by an API that they are not for, and accepted by the other', async () => {
      const token = await stage().getToken({ resource: OTHER_API })
      expect(readRefusal(await get(protect(), token))).toEqual(FOREIGN)
      expect((await get(protect({ audience: OTHER_API }), token)).status).toBe(200)
    })

    test('cannot be judged where the server does not accept the credentials of the API', async () => {
      const token = await stage().getToken()
      const codes: string[] = []
      const protectWith = (introspection: IntrospectionOptions) =>
        createApi(
          stage().protect({
            accessTokens: 'opaque',
            introspection,
            onRefusal: ({ code }) => codes.push(code),
          }),
        )
      const credentials = stage().introspectionCredentials(method)
      const response = await get(protectWith(spoil(credentials)), token)
      expect([response.status, response.headers['www-authenticate']]).toEqual([503, undefined])
      expect(response.headers['retry-after']).toMatch(/^[1-9]\d*$/)
      expect((await get(protectWith(credentials), token)).status).toBe(200)
      expect(codes).toEqual(['ERR_INTROSPECTION_REFUSED'])
    })
  })
})

describe('answers that oidc-provider signs', () => {
  const stage = useServer(startOidcProvider, 'opaque')
  const protect = (options?: { readonly audience: string }) => {
    const credentials = stage().introspectionCredentials('client_secret_basic')
    return createApi(
      stage().protect({ ...options, introspection: { ...credentials, responseFormat: 'jwt' } }),
    )
  }

  test('tell tokens that are active from those that are not', async () => {
    const api = protect()
    const token = await stage().getToken()
    const accepted = await get(api, token)
    expect([accepted.status, accepted.body]).toEqual(ACCEPTED)
    expect(readRefusal(await get(api, alter(token)))).toEqual(INACTIVE)
  })

  test('tell for which API a token is', async () => {
    const token = await stage().getToken({ resource: OTHER_API })
    expect(readRefusal(await get(protect(), token))).toEqual(FOREIGN)
    expect((await get(protect({ audience: OTHER_API }), token)).status).toBe(200)
  })
})

describe('answers that Glewlwyd signs', () => {
  const stage = useServer(startGlewlwyd, 'opaque')

  test('tell of active tokens; it has none for others, which are not accepted either', async () => {
    const codes: string[] = []
    const credentials = stage().introspectionCredentials('access token')
    const api = createApi(
      stage().protect({
        accessTokens: 'opaque',
        introspection: { ...credentials, responseFormat: 'jwt' },
        onRefusal: ({ code }) => codes.push(code),
      }),
    )
    const token = await stage().getToken()
    const accepted = await get(api, token)
    expect([accepted.status, accepted.body]).toEqual(ACCEPTED)
    const refused = await get(api, alter(token)) // the endpoint answers 400, without a body
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([503, undefined])
    expect(codes).toEqual(['ERR_INTROSPECTION_REFUSED'])
  })
})

/** The token with another end: of an opaque token another token, of a JWT another signature. */
function alter(token: string): string {
  return `${token.slice(0, -8)}${token.endsWith('AAAAAAAA') ? 'BBBBBBBB' : 'AAAAAAAA'}`
}

/** Credentials of the same kind that are not accepted. */
function spoil(credentials: IntrospectionCredentials): IntrospectionCredentials {
  if ('accessToken' in credentials) return { accessToken: () => 'wrong' }
  if ('clientSecret' in credentials) return { ...credentials, clientSecret: 'wrong' }
  if ('privateKey' in credentials) return { ...credentials, assertionAudience: OTHER_API }
  throw new Error('There are no certificates here')
}
