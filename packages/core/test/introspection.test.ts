import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../test/support/manual-clock.js'
import { parseOptions } from '../src/config/resource-server.js'
import type { Documents } from '../src/documents.js'
import { GeneralOutageError, UnavailableError } from '../src/errors.js'
import type { Exchange } from '../src/http/exchange.js'
import { createIntrospection } from '../src/introspection.js'
import { toDigest } from '../src/token/introspection-verdicts.js'
import type { VerdictStore } from '../src/token/verdict-store.js'

const ISSUER = 'https://as.example.com'
const CLIENT = { clientId: 'api', clientSecret: 's' }
const UNREACHABLE = 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'

const settle = () => new Promise<void>((resolve) => void setImmediate(resolve))

/** What the metadata say, and how they are. */
interface Metadata {
  endpoint?: string | undefined
  age?: number
  failure?: object | undefined
  isFetching?: boolean
  error?: Error
}

/** Introspection with these options, at a server whose answers are scripted. */
function create(introspection: object = {}, options: object = {}, verdictStore?: VerdictStore) {
  const clock = createManualClock(1_000_000)
  const given = { issuer: ISSUER, audience: 'a', introspection: { ...CLIENT, ...introspection }, ...options }
  const [server] = parseOptions(given).authorizationServers.values()
  if (server?.introspection === undefined) throw new Error('there is one')
  const metadata: Metadata = { endpoint: `${ISSUER}/introspect` }
  const seen = { asked: [] as string[], refreshes: 0 }
  const documents = {
    metadata: {
      copy: () => undefined,
      get: () =>
        metadata.error === undefined
          ? Promise.resolve({ content: { introspectionEndpoint: metadata.endpoint } })
          : Promise.reject(metadata.error),
      health: () => ({ age: metadata.age, failure: metadata.failure }),
      isFetching: () => metadata.isFetching === true,
      refresh: () => void (seen.refreshes += 1),
    },
    keySource: {},
  } as unknown as Documents
  const script: { answer: () => Promise<object> } = {
    answer: () => Promise.resolve({ active: true, sub: 'al' }),
  }
  const exchange: Exchange = async (url, _request, read) => {
    seen.asked.push(url)
    const body = JSON.stringify(await script.answer())
    const response = new Response(body, { headers: { 'content-type': 'application/json' } })
    return read({ response, name: url, readBody: () => Promise.resolve(Buffer.from(body)) })
  }
  const surroundings = { clock, verdictStore }
  const made = createIntrospection(server, server.introspection, documents, exchange, surroundings)
  return { clock, metadata, seen, script, ...made }
}

describe('the endpoint', () => {
  const MISSING =
    'The authorization server metadata cannot be used: ' +
    `metadata for ${ISSUER}: it has no introspection_endpoint; see the option introspection.endpoint`

  test('is the one of the metadata, and the last that is known', async () => {
    const { locate, metadata } = create()
    expect(await locate()).toBe(`${ISSUER}/introspect`)
    metadata.endpoint = `${ISSUER}/moved`
    expect(await locate()).toBe(`${ISSUER}/moved`)
    metadata.endpoint = undefined
    expect(await locate()).toBe(`${ISSUER}/moved`)
  })

  test('is the one of the options, whatever the metadata say', async () => {
    const { locate } = create({ endpoint: `${ISSUER}/own` })
    expect(await locate()).toBe(`${ISSUER}/own`)
  })

  test('is missing where nobody names it', async () => {
    const { locate, metadata } = create()
    metadata.endpoint = undefined
    await expect(locate()).rejects.toMatchObject({ code: 'ERR_METADATA_INVALID', message: MISSING })
  })

  test('is not to blame where the metadata cannot be had', async () => {
    const { locate, metadata } = create()
    metadata.error = new GeneralOutageError(UNREACHABLE, 'x')
    const error: unknown = await locate().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UnavailableError)
    expect(error).not.toBeInstanceOf(GeneralOutageError)
    expect(error).toMatchObject({ cause: metadata.error })
  })
})

describe('a failure', () => {
  const outage = new UnavailableError(UNREACHABLE, 'x')

  test.each<[string, Metadata, object, Error, number]>([
    ['has old metadata asked again', { age: 60 }, {}, outage, 1],
    ['leaves younger ones', { age: 59.9 }, {}, outage, 0],
    ['leaves those of no age', {}, {}, outage, 0],
    ['leaves those that could not be had', { age: 60, failure: {} }, {}, outage, 0],
    ['leaves those that are asked for', { age: 60, isFetching: true }, {}, outage, 0],
    [
      'leaves them where the options name the endpoint',
      { age: 60 },
      { endpoint: `${ISSUER}/own` },
      outage,
      0,
    ],
    ['leaves them where it is no outage', { age: 60 }, {}, new Error('x'), 0],
  ])('%s', async (_name, state, options, error, refreshes) => {
    const { metadata, script, find, seen } = create(options)
    Object.assign(metadata, state)
    script.answer = () => Promise.reject(error)
    await expect(find('t')).rejects.toThrow(error.message)
    expect(seen.refreshes).toBe(refreshes)
  })

  test.each([
    [
      true,
      UNREACHABLE,
      'The authorization server did not answer: not in time for this request; the question is still being asked',
    ],
    [
      false,
      'ERR_INTROSPECTION_BUSY',
      'the question did not leave in time: it waits for its turn, its credentials or the metadata',
    ],
  ])('to answer in time says whether it was asked: %j', async (isAsked, code, message) => {
    const { clock, find, script } = create(
      isAsked
        ? {}
        : { accessToken: () => new Promise(() => undefined), clientId: undefined, clientSecret: undefined },
      { fetchLimit: 60 },
    )
    script.answer = () => new Promise(() => undefined)
    const found = find('t').catch((error: unknown) => error)
    await settle()
    clock.advance(3)
    const error = (await found) as UnavailableError
    expect(error).toMatchObject({ code, retryAfter: 2 })
    expect(error.message.endsWith(message)).toBe(true)
  })

  test('comes at once where too many questions wait', async () => {
    const { find, script } = create({ concurrency: 1 })
    script.answer = () => new Promise(() => undefined)
    const outcomes: unknown[] = []
    for (let index = 0; index < 2_000; index += 1) {
      find(`t${index}`).catch((error: unknown) => outcomes.push(error))
    }
    await settle()
    expect(outcomes.length).toBeGreaterThan(0)
    expect(outcomes[0]).toMatchObject({ code: 'ERR_INTROSPECTION_BUSY', retryAfter: 1 })
    expect((outcomes[0] as Error).message).toMatch(/: see the option concurrency$/)
  })
})

describe('verdicts', () => {
  test('are of active tokens', async () => {
    const { find, script } = create()
    script.answer = () => Promise.resolve({ active: false })
    await expect(find('t')).rejects.toMatchObject({ code: 'ERR_TOKEN_INACTIVE' })
  })

  test.each([
    ['of all', 'all' as const, true],
    ['of a subject', { criteria: { subject: 'al' } }, true],
    ['of another subject', { criteria: { subject: 'bo' } }, false],
    ['under a key of others', { digest: 'x' }, false],
  ])('%s can be dropped', async (_name, forgotten, isDropped) => {
    const { find, drop, seen } = create()
    await find('t')
    drop(forgotten)
    await find('t')
    expect(seen.asked).toHaveLength(isDropped ? 2 : 1)
  })

  test('of one token can be dropped by its digest, by whoever asked in whatever way', async () => {
    const store = { find: () => new Promise(() => {}), store: () => undefined } as unknown as VerdictStore
    for (const { clock, find, drop, seen } of [create(), create({}, { audience: 'a' }, store)]) {
      const findNow = async () => {
        const found = find('t')
        await new Promise(setImmediate)
        clock.advance(1)
        await found
      }
      await findNow()
      drop({ digest: toDigest('x') })
      await findNow()
      expect(seen.asked).toHaveLength(1)
      drop({ digest: toDigest('t') })
      await findNow()
      expect(seen.asked).toHaveLength(2)
    }
  })

  test('are shared among those who ask in the same way', async () => {
    const keyOf = async (introspection: object = {}, options: object = {}) => {
      const keys: string[] = []
      const find = (key: string) => {
        keys.push(key)
        return Promise.reject(new Error('down'))
      }
      await create(introspection, options, { find } as unknown as VerdictStore)
        .find('t')
        .catch(() => undefined)
      return keys.join()
    }
    expect(await keyOf()).toBe(await keyOf())
    expect(await keyOf({}, { audience: ['a', 'b'] })).toBe(await keyOf({}, { audience: ['b', 'a'] }))
    const keys = await Promise.all([
      keyOf(),
      keyOf({ clientId: 'other' }),
      keyOf({ clientId: undefined, clientSecret: undefined, accessToken: () => 'x' }),
      keyOf({ endpoint: `${ISSUER}/own` }),
      keyOf({ responseFormat: 'jwt' }),
      keyOf({}, { audience: 'b' }),
      keyOf({}, { audience: undefined, dangerouslyAcceptAnyAudience: true }),
      keyOf({}, { issuer: 'https://b.example.com' }),
    ])
    expect(keys.every((key) => key.startsWith(`${toDigest('t')}.`))).toBe(true)
    expect(new Set(keys).size).toBe(keys.length)
  })
})

describe('an answer', () => {
  test.each([
    ['json', 'accepted'],
    ['jwt', 'ERR_AUTHORIZATION_SERVER_RESPONSE'],
  ])('that is not signed is not believed where it must be: %s', async (responseFormat, verdict) => {
    const { find } = create({ responseFormat })
    const found = find('t').then(
      () => 'accepted',
      (error: unknown) => (error as UnavailableError).code,
    )
    expect(await found).toBe(verdict)
  })
})

describe('the scopes of an answer', () => {
  const own = () => []

  test.each([
    [undefined, undefined],
    [own, own],
    ['scp', ['scp', 'scope']],
    [
      ['scp', 'roles'],
      ['scp', 'roles', 'scope'],
    ],
  ])('are by %p where %p says', (scopesFrom, expected) => {
    expect(create({}, { scopesFrom }).policy.scopes).toEqual(expected)
  })
})
