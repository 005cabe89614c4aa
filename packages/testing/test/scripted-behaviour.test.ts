import { createResourceServer } from '@bearward/core'
import { beforeEach, describe, expect, test } from '@jest/globals'
import {
  createScriptedAuthorizationServer,
  createVirtualClock,
  FAULTS,
  type ScriptedAuthorizationServer,
  type VirtualClock,
} from '@bearward/testing'
import { verdictOn } from '../../../test/support/request.js'
import { ask, readText } from './support/ask.js'

let clock: VirtualClock
let server: ScriptedAuthorizationServer

beforeEach(async () => {
  clock = createVirtualClock()
  server = await createScriptedAuthorizationServer({ clock })
})

async function statuses(count: number): Promise<number[]> {
  const seen: number[] = []
  for (let request = 0; request < count; request += 1) {
    seen.push((await ask(server, server.jwksUri)).status)
  }
  return seen
}

describe('a behaviour', () => {
  test('is that of every request from now on', async () => {
    server.behave('jwks', { fault: 'server-error' })
    expect(await statuses(3)).toEqual([500, 500, 500])
  })

  test('in a list is that of one request, and the last one that of all others', async () => {
    server.behave('jwks', [{ fault: 'server-error' }, {}, { fault: 'redirect' }])
    expect(await statuses(5)).toEqual([500, 200, 302, 302, 302])
    server.behave('jwks', [{ fault: 'unavailable' }, {}])
    expect(await statuses(3)).toEqual([503, 200, 200])
    server.behave('jwks', [])
    expect(await statuses(1)).toEqual([200])
  })

  test('in a list does not change with the list', async () => {
    const list = [{ fault: 'server-error' }, {}] as const
    const given = [...list]
    server.behave('jwks', given)
    given.length = 0
    expect(await statuses(2)).toEqual([500, 200])
  })

  test('is that with which a request began, whatever is said later', async () => {
    server.behave('jwks', { fault: 'server-error', delay: 1 })
    const answer = ask(server, server.jwksUri)
    server.behave('jwks', undefined)
    await clock.advance(1)
    expect((await answer).status).toBe(500)
  })
})

describe('a delay', () => {
  async function isAnswered(answer: Promise<unknown>): Promise<boolean> {
    await clock.settle()
    return Promise.race([answer.then(() => true), clock.settle().then(() => false)])
  }

  test('puts the answer off, and the look at the key set with it', async () => {
    server.behave('jwks', { delay: 2 })
    const answer = ask(server, server.jwksUri)
    await clock.advance(1.9)
    expect(await isAnswered(answer)).toBe(false)
    await server.rotateKeys()
    await clock.advance(0.1)
    expect(await isAnswered(answer)).toBe(true)
    await server.rotateKeys({ keepOld: true })
    const [, rotated] = server.keySet().keys
    expect(JSON.parse(await readText(await answer))).toEqual({ keys: [rotated] })
  })

  test('ends where the request is aborted, and leaves no timer', async () => {
    server.behave('jwks', { delay: 2 })
    const controller = new AbortController()
    const refused = expect(ask(server, server.jwksUri, { signal: controller.signal })).rejects.toMatchObject({
      name: 'AbortError',
    })
    expect(clock.timers).toBe(1)
    controller.abort()
    await refused
    expect(clock.timers).toBe(0)
  })

  test('goes on where it is deaf', async () => {
    server.behave('jwks', { delay: 2, deaf: true })
    const controller = new AbortController()
    const answer = ask(server, server.jwksUri, { signal: controller.signal })
    controller.abort()
    await clock.advance(2)
    expect((await answer).status).toBe(200)
  })

  test('comes before a fault', async () => {
    server.behave('jwks', { delay: 2, fault: 'refuse' })
    const answer = ask(server, server.jwksUri)
    const refused = expect(answer).rejects.toThrow('fetch failed')
    expect(await isAnswered(answer.catch(() => {}))).toBe(false)
    await clock.advance(2)
    await refused
  })
})

describe('a request that is aborted before it is made', () => {
  test('is not answered, unless the server is deaf', async () => {
    const signal = AbortSignal.abort()
    await expect(ask(server, server.jwksUri, { signal })).rejects.toMatchObject({ name: 'AbortError' })
    server.behave('jwks', { deaf: true })
    expect((await ask(server, server.jwksUri, { signal })).status).toBe(200)
  })
})

describe('a resource server', () => {
  test.each(FAULTS)('that is closed while the answer is %s leaves no timer', async (fault) => {
    const { issuer, fetch } = server
    const audience = 'https://api.example.com'
    const resourceServer = createResourceServer({ issuer, audience, fetch, clock })
    server.behave('jwks', { fault })
    const verdict = verdictOn(resourceServer, await server.mint())
    await clock.settle()
    resourceServer.close()
    await clock.advance(1)
    expect(await verdict).toMatch(/^ERR_/)
    expect(clock.timers).toBe(0)
  })
})
