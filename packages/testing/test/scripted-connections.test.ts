import { getEventListeners } from 'node:events'
import { beforeEach, describe, expect, test } from '@jest/globals'
import {
  createScriptedAuthorizationServer,
  createVirtualClock,
  type ScriptedAuthorizationServer,
  type VirtualClock,
} from '@bearward/testing'
import { ask, readPieces, readText } from './support/ask.js'

let clock: VirtualClock
let server: ScriptedAuthorizationServer

beforeEach(async () => {
  clock = createVirtualClock()
  server = await createScriptedAuthorizationServer({ clock })
})

/** What comes of a request for the key set, once it is there. */
function follow(signal: AbortSignal = new AbortController().signal): { outcome: unknown } {
  const state: { outcome: unknown } = { outcome: undefined }
  ask(server, server.jwksUri, { signal })
    .then(async (response) => [response.status, await readText(response)])
    .then(
      (answer) => (state.outcome = answer),
      (error: unknown) => (state.outcome = error),
    )
  return state
}

describe('a connection', () => {
  test('that is refused rejects as fetch does', async () => {
    server.behave('jwks', { fault: 'refuse' })
    await expect(ask(server, server.jwksUri)).rejects.toMatchObject({
      name: 'TypeError',
      message: 'fetch failed',
      cause: { code: 'ECONNREFUSED' },
    })
    expect(server.requests.jwks).toBe(1)
  })

  test('that is reset breaks the content in the middle', async () => {
    server.behave('jwks', { fault: 'reset' })
    const response = await ask(server, server.jwksUri)
    expect(response.status).toBe(200)
    await expect(readText(response)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
  })

  test('that hangs never answers, and leaves no timer', async () => {
    server.behave('jwks', { fault: 'hang' })
    const request = follow()
    await clock.advance(1e6)
    expect([request.outcome, clock.timers]).toEqual([undefined, 0])
  })

  test('that hangs ends where the request is aborted, unless it is deaf', async () => {
    server.behave('jwks', [{ fault: 'hang' }, { fault: 'hang', deaf: true }])
    const controller = new AbortController()
    const [request, deaf] = [follow(controller.signal), follow(controller.signal)]
    controller.abort()
    await clock.settle()
    expect(request.outcome).toMatchObject({ name: 'AbortError' })
    expect(deaf.outcome).toBeUndefined()
  })
})

describe('content', () => {
  test('that is slow comes a byte at a time, one each second', async () => {
    server.publish([])
    server.behave('jwks', { fault: 'slow-body' })
    const request = follow()
    await clock.advance(10.9)
    expect(request.outcome).toBeUndefined()
    await clock.advance(0.1)
    expect([request.outcome, clock.timers]).toEqual([[200, '{"keys":[]}'], 0])
  })

  test('that is slow leaves no listener at the signal', async () => {
    server.publish([])
    server.behave('jwks', { fault: 'slow-body' })
    const { signal } = new AbortController()
    const request = follow(signal)
    await clock.advance(5)
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await clock.advance(6)
    expect([request.outcome, getEventListeners(signal, 'abort')]).toEqual([[200, '{"keys":[]}'], []])
  })

  test('that is slow ends where the request is aborted, and leaves no timer', async () => {
    server.behave('jwks', { fault: 'slow-body' })
    const controller = new AbortController()
    const request = follow(controller.signal)
    await clock.advance(5)
    expect(clock.timers).toBe(1)
    controller.abort()
    await clock.settle()
    expect([request.outcome, clock.timers]).toEqual([expect.objectContaining({ name: 'AbortError' }), 0])
  })

  test('that is slow goes on where it is deaf', async () => {
    server.publish([])
    server.behave('jwks', { fault: 'slow-body', deaf: true })
    const controller = new AbortController()
    const request = follow(controller.signal)
    controller.abort()
    await clock.advance(11)
    expect(request.outcome).toEqual([200, '{"keys":[]}'])
  })

  test('that is good ends too where the request is aborted before it is read', async () => {
    const controller = new AbortController()
    const response = await ask(server, server.jwksUri, { signal: controller.signal })
    controller.abort()
    await expect(readText(response)).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('that is huge comes in pieces', async () => {
    server.behave('jwks', { fault: 'huge-body' })
    const pieces = await readPieces(await ask(server, server.jwksUri))
    expect(Math.max(...pieces.map(({ length }) => length))).toBe(16_384)
  })
})
