import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { ResourceServer } from '@bearward/core'
import type { RedisStores } from '@bearward/redis'
import { startAuthorizationServer, type AuthorizationServer } from '@bearward/testing'
import { verdictOn } from '../../support/request.js'
import { createOpaqueApi } from '../support/resource-servers.js'
import { useRedis } from '../support/use-redis.js'
import { describeEachServer } from '../support/servers.js'
import { useStores } from '../support/stores.js'

const AUDIENCE = 'https://api.example.com'

describeEachServer('two resource servers of a process, which share its stores on %s', (name) => {
  const redis = useRedis(name)
  let authorizationServer: AuthorizationServer
  const createStores = useStores()
  beforeAll(async () => {
    authorizationServer = await startAuthorizationServer({ audience: AUDIENCE })
  })
  afterAll(() => authorizationServer.close())

  const create = (stores: RedisStores) => createOpaqueApi(authorizationServer, AUDIENCE, stores)

  test.each<[string, (server: ResourceServer, token: string) => void]>([
    [
      'a token',
      (server, token) => {
        server.forget(token)
      },
    ],
    [
      'all that fit',
      (server) => {
        server.forgetWhere({ subject: 'alice' })
      },
    ],
  ])('forget %s at once where one of them is told to, and ask', async (_what, forget) => {
    const stores = await createStores({ url: redis().url })
    const [one, other] = [create(stores), create(stores)]
    const token = authorizationServer.mintOpaque({ sub: 'alice' })
    expect([await verdictOn(one, token), await verdictOn(other, token)]).toEqual(['accepted', 'accepted'])
    authorizationServer.revoke(token)
    expect(await verdictOn(other, token)).toBe('accepted')
    forget(one, token)
    expect([await verdictOn(other, token), await verdictOn(one, token)]).toEqual([
      'ERR_TOKEN_INACTIVE',
      'ERR_TOKEN_INACTIVE',
    ])
    for (const server of [one, other]) server.close()
  })
})
