import { gzipSync } from 'node:zlib'
import { expect } from '@jest/globals'
import type { InterceptedResponse } from '@bearward/testing'
import { createManualClock } from '../support/manual-clock.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'

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
async function* hang(start: string): AsyncGenerator<string> {
  yield start
  await new Promise(() => {})
}

ruleForEach(
  'JWKS-13',
  {
    'no byte': () => hang(''),
    'half of it': () => hang(keySet().slice(0, 40)),
    'all of it, but no end': () => hang(keySet()),
  },
  'waits 5 seconds, and no longer, for a key set of which comes %s',
  async (begin) => {
    const clock = createManualClock()
    const { authorizationServer, protect } = servers()
    const token = await authorizationServer.mint()
    const asked = new Promise<void>((resolve) => {
      authorizationServer.intercept(({ endpoint }) => {
        if (endpoint !== 'jwks') return undefined
        resolve()
        return { headers: JSON_TYPE, body: begin() }
      })
    })
    const resourceServer = protect({ clock })
    const verdict = verdictOn(resourceServer, token)
    await asked
    clock.advance(4.9)
    clock.advance(0.1)
    expect(await verdict).toBe(UNREACHABLE)
    authorizationServer.intercept(undefined)
    clock.advance(5)
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
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
