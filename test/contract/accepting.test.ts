import { afterAll, beforeAll, beforeEach, describe, expect } from '@jest/globals'
import { startAuthorizationServer, type AuthorizationServer } from '@bearward/testing'
import request from 'supertest'
import { ADAPTERS, type Api } from '../support/apis.js'
import { rule } from '../support/rule.js'

const AUDIENCE = 'https://api.example.com'
let authorizationServer: AuthorizationServer

beforeAll(async () => {
  authorizationServer = await startAuthorizationServer()
})
afterAll(() => authorizationServer.close())

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  let api: Api
  beforeEach(() => {
    api = createApi({ issuer: authorizationServer.issuer, audience: AUDIENCE })
  })

  rule('6750-2.1-a', 'accepts an access token in the Authorization header', async () => {
    const token = await authorizationServer.mint({ scope: 'stats:read' })
    const response = await request(api.listener).get('/stats').set('Authorization', `Bearer ${token}`)
    expect(response.status).toBe(200)
    expect(response.body).toEqual({ subject: 'client', clientId: 'client', scopes: ['stats:read'] })
    expect(api.handled()).toBe(1)
  })

  rule('6750-3.1-c', 'refuses a token without the scope, naming the scope', async () => {
    const token = await authorizationServer.mint({ scope: 'stats:read' })
    const response = await request(api.listener).post('/stats').set('Authorization', `Bearer ${token}`)
    expect(response.status).toBe(403)
    expect(response.headers['www-authenticate']).toContain('scope="stats:read stats:write"')
    expect(api.handled()).toBe(0)
  })

  rule('6750-3.1-d', 'challenges a request without credentials, with no error', async () => {
    const response = await request(api.listener).get('/stats')
    expect(response.status).toBe(401)
    expect(response.headers['www-authenticate']).toBe('Bearer realm="protected resource"')
    expect(response.text).toBe('')
    expect(api.handled()).toBe(0)
  })

  rule('ROUTE-11', 'turns a guard without requireToken into an error of the developer', async () => {
    const token = await authorizationServer.mint({ scope: 'stats:read' })
    const response = await request(api.listener).get('/unguarded').set('Authorization', `Bearer ${token}`)
    expect(response.status).toBe(500)
    expect(api.handled()).toBe(0)
  })
})
