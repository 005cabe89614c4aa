import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { FRAMEWORKS } from '../support/frameworks.js'
import { holdKeySet, type HeldKeySet } from '../support/held-key-set.js'
import type { Exchange } from '../support/kit.js'
import { openRequest, sendRaw, withServer } from '../support/raw.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

/** What a request that is interrupted ends with, if nothing interrupts it. */
const TOKENS = {
  'a good token': () => servers().authorizationServer.mint(),
  'a bad signature': () => servers().authorizationServer.mint({}, { signature: 'corrupt' }),
  'an expired token': () => servers().authorizationServer.mint({ exp: 1 }),
  'an unknown key': () => servers().authorizationServer.mint({}, { key: 'unpublished' }),
}

const withToken = (token: string) => ({ fields: [['Authorization', `Bearer ${token}`]] as const })

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  const seen: Exchange[] = []
  let held: HeldKeySet
  let good: string
  beforeEach(async () => {
    seen.length = 0
    held = holdKeySet(servers().authorizationServer)
    good = await servers().authorizationServer.mint()
  })

  const createApi = () =>
    createApp(({ step, requireToken, requireScope, handler }) => [
      step((exchange) => void seen.push(exchange)),
      requireToken(servers().resourceServer),
      requireScope('stats:read'),
      handler(),
    ])

  const firstResponse = (): ServerResponse => {
    const [exchange] = seen
    if (exchange === undefined) throw new Error('There was no request')
    return exchange.response
  }

  describe.each(Object.entries(TOKENS))('while a request with %s is pending', (_token, mint) => {
    test('survives a client that goes away', async () => {
      const api = createApi()
      await withServer(api.listener, async (port) => {
        const socket = openRequest(port, withToken(await mint()))
        await held.asked
        const closed = once(firstResponse(), 'close')
        socket.destroy()
        await closed
        const other = sendRaw(port, withToken(good))
        held.release()
        expect((await other).status).toBe(200)
      })
      expect(api.errors).toEqual([])
    })

    test('leaves a response alone that a time-out has sent', async () => {
      const api = createApi()
      await withServer(api.listener, async (port) => {
        const pending = sendRaw(port, withToken(await mint()))
        await held.asked
        firstResponse().writeHead(504).end('too late')
        const other = sendRaw(port, withToken(good))
        held.release()
        const response = await pending
        expect(response.status).toBe(504)
        expect(response.body).toContain('too late')
        expect(response.fieldValues('www-authenticate')).toEqual([])
        expect((await other).status).toBe(200)
      })
      expect(api.handled()).toBe(1)
      expect(api.errors).toEqual([])
      expect(seen.map(({ auth }) => auth?.subject)).toEqual([undefined, 'client'])
    })
  })

  test('leaves a response alone that a time-out has sent, where there is an outage', async () => {
    const api = createApi()
    await withServer(api.listener, async (port) => {
      const pending = sendRaw(port, withToken(good))
      await held.asked
      firstResponse().writeHead(504).end()
      const other = sendRaw(port, withToken(good))
      servers().authorizationServer.publish([])
      held.release()
      expect((await pending).status).toBe(504)
      expect((await other).status).toBe(503)
    })
    expect(api.handled()).toBe(0)
    expect(api.errors).toEqual([])
  })

  test('has nobody as auth while a verification is pending', async () => {
    const api = createApi()
    await withServer(api.listener, async (port) => {
      const pending = sendRaw(port, withToken(good))
      await held.asked
      expect(seen.map(({ auth }) => auth)).toEqual([undefined])
      held.release()
      expect((await pending).status).toBe(200)
    })
    expect(seen.map(({ auth }) => auth?.subject)).toEqual(['client'])
  })
})
