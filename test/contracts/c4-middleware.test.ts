import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { FRAMEWORKS } from '../support/frameworks.js'
import type { AppFactory, Exchange } from '../support/kit.js'
import { openRequest, sendRaw, withServer } from '../support/raw.js'
import { createApi, withToken, type WorldlyApi } from './support-b/api.js'

function responseTo(exchange: Exchange | undefined): ServerResponse {
  if (exchange === undefined) throw new Error('No request came')
  return exchange.response
}

/** An API whose keys take two seconds to come. */
async function createSlowApi(createApp: AppFactory): Promise<WorldlyApi> {
  const api = await createApi(createApp)
  api.world.behave('jwks', { delay: 2 })
  return api
}

describe.each(FRAMEWORKS)('C4: with %s', (_name, createApp) => {
  test('a client that disconnects does not change what another gets', async () => {
    const { world, api, arrived, arrivals } = await createSlowApi(createApp)
    await withServer(api.listener, async (port) => {
      const leaving = openRequest(port, withToken(world, 'good'))
      await arrivals(1)
      const other = sendRaw(port, withToken(world, 'good'))
      await arrivals(2)
      const closed = once(responseTo(arrived[0]), 'close')
      leaving.destroy()
      await closed
      await world.clock.advance(2)
      expect((await other).status).toBe(200)
    })
    expect(api.errors).toEqual([])
    expect(world.calls).toHaveLength(2)
  })

  test('a client that disconnects leaves the keys for the next', async () => {
    const { world, api, arrived, arrivals } = await createSlowApi(createApp)
    await withServer(api.listener, async (port) => {
      const leaving = openRequest(port, withToken(world, 'good'))
      await arrivals(1)
      const closed = once(responseTo(arrived[0]), 'close')
      leaving.destroy()
      await closed
      await world.clock.advance(2)
      expect((await sendRaw(port, withToken(world, 'good'))).status).toBe(200)
    })
    expect(world.calls).toHaveLength(2)
  })

  test('a requirement that throws for one request does not change what another gets', async () => {
    const { world, api, arrivals } = await createSlowApi(createApp)
    await withServer(api.listener, async (port) => {
      const failing = sendRaw(port, withToken(world, 'good', '/throws'))
      const other = sendRaw(port, withToken(world, 'good'))
      await arrivals(2)
      await world.clock.advance(2)
      expect([(await failing).status, (await other).status]).toEqual([500, 200])
    })
    expect(api.errors).toHaveLength(1)
  })

  test('a refusalBody that throws for one request does not change what another gets', async () => {
    const { world, api, arrivals } = await createSlowApi(createApp)
    await withServer(api.listener, async (port) => {
      const failing = sendRaw(port, withToken(world, 'expired'))
      const other = sendRaw(port, withToken(world, 'good'))
      await arrivals(2)
      await world.clock.advance(2)
      expect([(await failing).status, (await other).status]).toEqual([500, 200])
    })
    expect(api.errors).toHaveLength(1)
  })

  test('a request that has waited for 3 seconds is answered with 503, and a later one has the same keys', async () => {
    const { world, api, arrivals } = await createSlowApi(createApp)
    world.behave('jwks', { delay: 4 })
    await withServer(api.listener, async (port) => {
      const first = sendRaw(port, withToken(world, 'good'))
      await arrivals(1)
      await world.clock.advance(2)
      const second = sendRaw(port, withToken(world, 'good'))
      await arrivals(2)
      await world.clock.advance(2)
      const [{ status, fieldValues }, { status: other }] = [await first, await second]
      expect([status, fieldValues('retry-after'), other]).toEqual([503, ['2'], 200])
    })
    expect(world.calls).toHaveLength(2)
  })
})
