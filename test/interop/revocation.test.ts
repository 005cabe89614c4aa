import { beforeEach, describe, expect, test } from '@jest/globals'
import type { IntrospectionCacheOptions, ResourceServer } from '@bearward/core'
import request, { type Response } from 'supertest'
import { invalidToken, readRefusal } from '../support/refusal.js'
import { createApi } from './support/api.js'
import { SERVERS, useServer } from './support/servers.js'

const INACTIVE = invalidToken('The access token is not active')

describe.each(SERVERS)('an access token that %s has revoked', (_name, start, [method]) => {
  const stage = useServer(start, 'opaque')
  let token: string
  beforeEach(async () => {
    token = await stage().getToken()
  })

  function protect(cache: IntrospectionCacheOptions): ResourceServer {
    const credentials = stage().introspectionCredentials(method)
    return stage().protect({ accessTokens: 'opaque', introspection: { ...credentials, cache } })
  }

  const get = async (resourceServer: ResourceServer, path: string): Promise<Response> =>
    request(createApi(resourceServer)).get(path).auth(token, { type: 'bearer' })

  test('is refused at once where no answers are kept', async () => {
    const resourceServer = protect({ maxAge: 0 })
    expect((await get(resourceServer, '/stats')).status).toBe(200)
    await stage().revoke(token)
    expect(readRefusal(await get(resourceServer, '/stats'))).toEqual(INACTIVE)
  })

  test('is accepted for as long as the answer is kept, and refused once that is forgotten', async () => {
    const resourceServer = protect({ maxAge: 3600 })
    expect((await get(resourceServer, '/stats')).status).toBe(200)
    await stage().revoke(token)
    expect((await get(resourceServer, '/stats')).status).toBe(200)
    resourceServer.forget(token)
    expect(readRefusal(await get(resourceServer, '/stats'))).toEqual(INACTIVE)
  })

  test('is refused at once by a route that requires a fresh answer', async () => {
    const resourceServer = protect({ maxAge: 3600 })
    expect((await get(resourceServer, '/balance')).status).toBe(200)
    await stage().revoke(token)
    expect((await get(resourceServer, '/stats')).status).toBe(200)
    expect(readRefusal(await get(resourceServer, '/balance'))).toEqual(INACTIVE)
  })
})
