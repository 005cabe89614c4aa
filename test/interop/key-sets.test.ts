import { beforeEach, describe, expect, test } from '@jest/globals'
import type express from 'express'
import request from 'supertest'
import { insufficientScope, invalidToken, readRefusal } from '../support/refusal.js'
import { createApi } from './support/api.js'
import { OTHER_API } from './support/authorization-server.js'
import { SERVERS, useServer } from './support/servers.js'

const BOTH_SCOPES = 'stats:read stats:write'

describe.each(SERVERS)('JWT access tokens of %s', (_name, start, [method]) => {
  const stage = useServer(start, 'jwt')
  let api: express.Express
  beforeEach(() => {
    api = createApi(stage().protect())
  })

  test('are accepted', async () => {
    const token = await stage().getToken()
    const response = await request(api).get('/stats').auth(token, { type: 'bearer' })
    expect([response.status, response.body]).toEqual([
      200,
      { clientId: 'reporter', scopes: ['stats:read'], via: 'jwt' },
    ])
  })

  test('are judged by their signature where opaque ones would be introspected', async () => {
    const introspection = stage().introspectionCredentials(method)
    const mixed = createApi(stage().protect({ accessTokens: 'mixed', introspection }))
    const token = await stage().getToken()
    const response = await request(mixed).get('/stats').auth(token, { type: 'bearer' })
    expect([response.status, response.body.via]).toEqual([200, 'jwt'])
  })

  test('are refused with too little scope, and accepted with more', async () => {
    const narrow = await stage().getToken({ scope: 'stats:read' })
    const wide = await stage().getToken({ scope: BOTH_SCOPES })
    const refused = await request(api).post('/stats').auth(narrow, { type: 'bearer' })
    expect(readRefusal(refused)).toEqual(insufficientScope('stats:write'))
    const accepted = await request(api).post('/stats').auth(wide, { type: 'bearer' })
    expect([accepted.status, accepted.body.scopes]).toEqual([200, ['stats:read', 'stats:write']])
  })

  test('are refused with claims that the server did not sign', async () => {
    const token = await stage().getToken({ scope: 'stats:read' })
    const refused = await request(api).post('/stats').auth(withScope(token, BOTH_SCOPES), { type: 'bearer' })
    expect(readRefusal(refused)).toEqual(invalidToken('The signature of the access token is not valid'))
    const unchanged = withScope(token, 'stats:read')
    expect(unchanged).toBe(token)
    expect((await request(api).get('/stats').auth(unchanged, { type: 'bearer' })).status).toBe(200)
  })

  test('are refused by an API that they are not for, and accepted by the other', async () => {
    const token = await stage().getToken({ resource: OTHER_API })
    const other = createApi(stage().protect({ audience: OTHER_API }))
    const refused = await request(api).get('/stats').auth(token, { type: 'bearer' })
    expect(readRefusal(refused)).toEqual(
      invalidToken('The access token is meant for another resource server'),
    )
    expect((await request(other).get('/stats').auth(token, { type: 'bearer' })).status).toBe(200)
  })
})

/** The token with another scope written into it, under its old signature. */
function withScope(token: string, scope: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const changed = Buffer.from(JSON.stringify(Object.assign({}, claims, { scope }))).toString('base64url')
  return [header, changed, signature].join('.')
}
