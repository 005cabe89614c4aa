import { beforeEach, describe, expect, test } from '@jest/globals'
import {
  createScriptedAuthorizationServer,
  createVirtualClock,
  FAULTS,
  type Behaviour,
  type Fault,
  type ScriptedAuthorizationServer,
} from '@bearward/testing'
import { ask, readText } from './support/ask.js'

let server: ScriptedAuthorizationServer
let keySet: string

beforeEach(async () => {
  const clock = createVirtualClock({ start: 1000.5 })
  server = await createScriptedAuthorizationServer({ clock })
  keySet = JSON.stringify(server.keySet())
})

describe('a fault', () => {
  const JSON_TYPE = 'application/jwk-set+json'
  const HTML = expect.stringContaining('<!doctype html>') as unknown as string
  const answers: Partial<Record<Fault, (content: string) => [number, string | null, string]>> = {
    truncate: (content) => [200, JSON_TYPE, content.slice(0, content.length / 2)],
    'error-page': () => [200, 'text/html', HTML],
    'server-error': () => [500, 'text/html', HTML],
    'too-many-requests': () => [429, null, ''],
    unavailable: () => [503, null, ''],
    redirect: () => [302, null, ''],
    'not-modified': () => [304, null, ''],
    'wrong-json': (content) => [200, JSON_TYPE, `[${content}]`],
    'wrong-type': (content) => [200, 'text/plain', content],
    'empty-key-set': () => [200, JSON_TYPE, '{"keys":[]}'],
    'huge-body': (content) => [200, JSON_TYPE, content + ' '.repeat(2 ** 20)],
  }

  test.each(Object.entries(answers))('called %s answers as it says, at once', async (fault, expected) => {
    server.behave('jwks', { fault: fault as Fault })
    const response = await ask(server, server.jwksUri)
    const type = response.headers.get('content-type')
    expect([response.status, type, await readText(response)]).toEqual(expected(keySet))
  })

  test('is each one of the list', () => {
    const others: Fault[] = ['hang', 'refuse', 'reset', 'slow-body']
    expect(new Set(FAULTS)).toEqual(new Set([...Object.keys(answers), ...others]))
  })

  test.each(FAULTS)('of one endpoint, such as %s, leaves the other well', async (fault) => {
    server.behave('metadata', { fault })
    expect(await readText(await ask(server, server.jwksUri))).toBe(keySet)
  })

  test('is over when it is taken away', async () => {
    server.behave('jwks', { fault: 'server-error' })
    expect((await ask(server, server.jwksUri)).status).toBe(500)
    server.behave('jwks', undefined)
    expect((await ask(server, server.jwksUri)).status).toBe(200)
  })

  test('that there is not is refused', () => {
    const behaviour = { fault: 'unplugged' } as unknown as Behaviour
    expect(() => {
      server.behave('jwks', [{}, behaviour])
    }).toThrow('fault: there is none that is called unplugged')
  })

  test('of the metadata that are empty is an empty object', async () => {
    server.behave('metadata', { fault: 'empty-key-set' })
    expect(await readText(await ask(server, server.metadataUrl))).toBe('{}')
  })
})

describe('the fields of a fault', () => {
  test.each<[Fault, string, string]>([
    ['too-many-requests', 'retry-after', '20'],
    ['unavailable', 'retry-after', 'Thu, 01 Jan 1970 00:17:01 GMT'],
    ['redirect', 'location', 'https://elsewhere.example.net/'],
  ])('of %s are there: %s', async (fault, name, value) => {
    server.behave('jwks', { fault })
    expect((await ask(server, server.jwksUri)).headers.get(name)).toBe(value)
  })

  test('give way to those of the behaviour, and so do those of a good answer', async () => {
    server.behave('jwks', { fault: 'too-many-requests', headers: { 'retry-after': '7', 'X-Other': 'a' } })
    const { headers } = await ask(server, server.jwksUri)
    expect([headers.get('retry-after'), headers.get('x-other')]).toEqual(['7', 'a'])
    server.behave('jwks', { headers: { 'Content-Type': 'text/plain', 'Cache-Control': 'max-age=60' } })
    const good = await ask(server, server.jwksUri)
    expect([good.headers.get('content-type'), good.headers.get('cache-control')]).toEqual([
      'text/plain',
      'max-age=60',
    ])
    expect(await readText(good)).toBe(keySet)
  })
})
