import { gzipSync } from 'node:zlib'
import { expect } from '@jest/globals'
import type { InterceptedResponse } from '@bearward/testing'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { createVirtualServers } from '../support/virtual-servers.js'

const servers = useServers()
const JSON_TYPE = { 'Content-Type': 'application/json' }
const UNUSABLE = 'ERR_AUTHORIZATION_SERVER_RESPONSE'
const UNREACHABLE = 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'

/** The key set, as the authorization server would send it. */
const keySet = (): string => JSON.stringify(servers().authorizationServer.keySet())

/** The verdict of a new resource server on a good token, where the key set is answered with this. */
async function verdictWith(answer: InterceptedResponse): Promise<string> {
  const { authorizationServer, protect } = servers()
  authorizationServer.intercept(({ endpoint }) => (endpoint === 'jwks' ? answer : undefined))
  return verdictOn(protect(), await authorizationServer.mint())
}

/** Yields pieces until nobody wants more. */
function createEndless(piece: string) {
  let end: () => void = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  async function* body(): AsyncGenerator<string> {
    try {
      for (;;) yield await Promise.resolve(piece)
    } finally {
      end()
    }
  }
  return { body: body(), ended }
}

rule('JWKS-13', 'hangs up on a key set that never ends, as soon as it is too large', async () => {
  const { body, ended } = createEndless(' '.repeat(16_384))
  expect(await verdictWith({ headers: JSON_TYPE, body })).toBe(UNUSABLE)
  await ended
  expect(await verdictWith(undefined)).toBe('accepted')
})

rule('JWKS-13', 'takes 64 KiB of a key set that comes piece by piece, and not one byte more', async () => {
  async function* inPieces(size: number): AsyncGenerator<string> {
    const text = keySet() + ' '.repeat(size - keySet().length)
    for (let start = 0; start < size; start += 1_000)
      yield await Promise.resolve(text.slice(start, start + 1_000))
  }
  expect(await verdictWith({ headers: JSON_TYPE, body: inPieces(65_536) })).toBe('accepted')
  expect(await verdictWith({ headers: JSON_TYPE, body: inPieces(65_537) })).toBe(UNUSABLE)
})

/** A body that begins, and then hangs. */
function begin(start: string): () => Response {
  return () =>
    new Response(
      new ReadableStream({
        start(controller) {
          if (start !== '') controller.enqueue(Buffer.from(start))
        },
      }),
      { headers: JSON_TYPE },
    )
}

ruleForEach(
  'JWKS-13',
  {
    'no byte': () => '',
    'half of it': (text: string) => text.slice(0, 40),
    'all of it, but no end': (text: string) => text,
  },
  'lets callers wait 3 seconds, and the fetch 5, for a key set of which comes %s',
  async (cut) => {
    const { clock, authorizationServer, substitute, verdict } = await createVirtualServers()
    const { jwksUri } = authorizationServer
    const hanging = begin(cut(JSON.stringify(authorizationServer.keySet())))
    substitute((url) => (url === jwksUri ? hanging() : undefined))
    const pending = verdict()
    await clock.advance(2.999)
    expect(await Promise.race([pending, Promise.resolve('undecided')])).toBe('undecided')
    await clock.advance(0.001)
    expect(await pending).toBe(UNREACHABLE)
    substitute(undefined)
    await clock.advance(1.999)
    expect(authorizationServer.requests.jwks).toBe(1)
    await clock.advance(5.001)
    expect(await verdict()).toBe('accepted')
    expect(authorizationServer.requests.jwks).toBe(2)
  },
)

rule(
  'JWKS-13',
  'gives up a key set of which a byte comes each second, and keeps the one before',
  async () => {
    const { clock, authorizationServer, resourceServer, verdict } = await createVirtualServers()
    authorizationServer.behave('jwks', { fault: 'slow-body' })
    const pending = verdict()
    await clock.advance(3)
    expect(await pending).toBe(UNREACHABLE)
    authorizationServer.behave('jwks', undefined)
    await clock.advance(15)
    expect(await verdict()).toBe('accepted')
    authorizationServer.behave('jwks', { fault: 'slow-body' })
    await clock.advance(1_000)
    expect(resourceServer.health().authorizationServers[0]?.status).toBe('stale')
    expect(await verdict()).toBe('accepted')
  },
)

const compressed = { ...JSON_TYPE, 'Content-Encoding': 'gzip' }

rule('JWKS-14', 'counts the bytes of a key set when they are unpacked', async () => {
  const bomb = gzipSync(keySet() + ' '.repeat(50_000_000))
  expect(bomb.byteLength).toBeLessThan(65_536)
  expect(await verdictWith({ headers: compressed, body: bomb })).toBe(UNUSABLE)
  expect(await verdictWith({ headers: compressed, body: gzipSync(keySet()) })).toBe('accepted')
})

ruleForEach(
  'JWKS-14',
  {
    'packed a thousand times, as it says': {
      ...JSON_TYPE,
      'Content-Encoding': Array(1_000).fill('gzip').join(', '),
    },
    'packed, as it says, and is not': compressed,
  },
  'cannot tell where the key set is %s',
  async (headers) => {
    expect(await verdictWith({ headers, body: keySet() })).toBe(UNREACHABLE)
    expect(await verdictWith({ headers: JSON_TYPE, body: keySet() })).toBe('accepted')
  },
)
