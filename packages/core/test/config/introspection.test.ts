import { describe, expect, test } from '@jest/globals'
import { CLAIMS, ISSUER, parse } from './parse.js'
import { problemOf } from './problem.js'

const CLIENT = { clientId: 'api', clientSecret: 's' }
const CACHE = { maxAge: 60, inactiveMaxAge: 5, maxSize: 16_777_216 }

const problemWith = (options: object) => problemOf(() => parse({ ...CLIENT, ...options }))

describe('parseIntrospection', () => {
  test('needs to know no more than credentials', () => {
    expect(parse(CLIENT)).toEqual({
      endpoint: undefined,
      credentials: { method: 'secret', secret: 's', place: undefined, encoding: 'form', clientId: 'api' },
      responseFormat: 'json',
      tokenTypeHint: true,
      concurrency: 50,
      cache: CACHE,
      claims: {
        issuer: ISSUER,
        claims: {
          ...CLAIMS,
          presentClaims: [],
          clientIdClaims: [...CLAIMS.clientIdClaims, 'client_id'],
          isClientIdOptional: true,
          foreignClaims: [],
        },
        isAudienceOptional: false,
      },
    })
  })

  test('takes undefined for the default, of each', () => {
    const names = ['endpoint', 'responseFormat', 'tokenTypeHint', 'concurrency', 'cache']
    const others = ['dangerouslyAcceptMissingAudience', 'accessToken', 'privateKey', 'basicEncoding']
    const absent = Object.fromEntries([...names, ...others].map((name) => [name, undefined]))
    expect(parse({ ...CLIENT, ...absent })).toEqual(parse(CLIENT))
    const cache = { maxAge: undefined, inactiveMaxAge: undefined, maxSize: undefined }
    expect(parse({ ...CLIENT, cache }).cache).toEqual(CACHE)
    expect(parse({ ...CLIENT, cache: {} }).cache).toEqual(CACHE)
  })

  test.each([
    [{ endpoint: 'https://other.example.com/i?a=1' }],
    [{ responseFormat: 'jwt' }],
    [{ responseFormat: 'json' }],
    [{ tokenTypeHint: false }],
    [{ concurrency: 1 }],
    [{ concurrency: 1_000 }],
    [{ cache: { maxAge: 0, inactiveMaxAge: 0, maxSize: 0 } }],
    [{ cache: { maxAge: 3_600, inactiveMaxAge: 3_600, maxSize: 1_073_741_824 } }],
  ])('takes what it is told: %j', (options) => {
    expect(parse({ ...CLIENT, ...options })).toEqual({ ...parse(CLIENT), ...options })
  })

  test('has each part of the cache by itself', () => {
    expect(parse({ ...CLIENT, cache: { maxAge: 1 } }).cache).toEqual({ ...CACHE, maxAge: 1 })
    expect(parse({ ...CLIENT, cache: { inactiveMaxAge: 1 } }).cache).toEqual({ ...CACHE, inactiveMaxAge: 1 })
    expect(parse({ ...CLIENT, cache: { maxSize: 1 } }).cache).toEqual({ ...CACHE, maxSize: 1 })
  })

  test('lets the audience be missing by the developer’s word alone', () => {
    const isOptional = (dangerouslyAcceptMissingAudience: boolean) =>
      parse({ ...CLIENT, dangerouslyAcceptMissingAudience }).claims.isAudienceOptional
    expect([isOptional(true), isOptional(false)]).toEqual([true, false])
  })
})

describe('a wrong option of introspection', () => {
  const address = 'must be an https URL (or http, on loopback) without fragment'

  test.each<[object, string]>([
    [{ endpoint: 'http://as.example.com/i' }, `endpoint: ${address}`],
    [{ endpoint: '/introspect' }, `endpoint: ${address}`],
    [{ endpoint: '' }, `endpoint: ${address}`],
    [{ responseFormat: 'JWT' }, 'responseFormat: must be json or jwt'],
    [{ responseFormat: null }, 'responseFormat: must be json or jwt'],
    [{ tokenTypeHint: 'access_token' }, 'tokenTypeHint: must be true or false'],
    [{ concurrency: 0 }, 'concurrency: must be a number of requests from 1 to 1000'],
    [{ concurrency: 1_001 }, 'concurrency: must be a number of requests from 1 to 1000'],
    [{ concurrency: NaN }, 'concurrency: must be a number of requests from 1 to 1000'],
    [{ dangerouslyAcceptMissingAudience: 1 }, 'dangerouslyAcceptMissingAudience: must be true or false'],
    [{ cache: false }, 'cache: must be a plain object of options'],
    [{ cache: null }, 'cache: must be a plain object of options'],
    [{ cache: { maxAge: -1 } }, 'cache.maxAge: must be a number of seconds from 0 to 3600'],
    [{ cache: { maxAge: 3_601 } }, 'cache.maxAge: must be a number of seconds from 0 to 3600'],
    [{ cache: { maxAge: null } }, 'cache.maxAge: must be a number of seconds from 0 to 3600'],
    [{ cache: { inactiveMaxAge: -1 } }, 'cache.inactiveMaxAge: must be a number of seconds from 0 to 3600'],
    [
      { cache: { inactiveMaxAge: 3_601 } },
      'cache.inactiveMaxAge: must be a number of seconds from 0 to 3600',
    ],
    [{ cache: { maxSize: -1 } }, 'cache.maxSize: must be a number of bytes from 0 to 1073741824'],
    [{ cache: { maxSize: 1_073_741_825 } }, 'cache.maxSize: must be a number of bytes from 0 to 1073741824'],
    [{ cache: { ttl: 1 } }, 'ttl: is not an option of cache'],
    [{ clientSecret: '' }, 'clientSecret: must be a string that is not empty'],
    [{ clientId: '' }, 'clientId: must be a string that is not empty'],
    [{ clientId: 1 }, 'clientId: must be a string that is not empty'],
    [{ basicEncoding: 'x' }, 'basicEncoding: must be form or raw'],
  ])('%j is named in full', (options, problem) => {
    expect(problemWith(options)).toBe(`introspection.${problem}`)
  })

  test.each([undefined, null, true, 'api', [], Promise.resolve(CLIENT)])(
    'may be all of it: %p',
    (options) => {
      expect(problemOf(() => parse(options))).toBe('introspection: must be a plain object of options')
    },
  )

  test('may be one that cannot be read: the error is left as it is', () => {
    const error = new TypeError('broken')
    const cache = {
      get maxAge() {
        throw error
      },
    }
    expect(() => parse({ ...CLIENT, cache })).toThrow(error)
  })

  test.each(['cacheMaxAge', 'issuer', 'fetch', 'audience'])('may be %s, which is none', (name) => {
    expect(problemWith({ [name]: 1 })).toBe(`${name}: is not an option of introspection`)
  })
})
