import { describe, expect, test } from '@jest/globals'
import {
  ADDED_FIELDS,
  createAuthentications,
  isRepresentationField,
  toAnswerOrError,
  toResourceServer,
  type RequireTokenSource,
} from '../src/adapter.js'
import type { Auth } from '../src/auth.js'
import { createAuth } from '../src/auth.js'
import { createResourceServer, type ResourceServer } from '../src/resource-server.js'
import { problemOf } from './config/problem.js'

const OPTIONS = { issuer: 'https://as.example.com', audience: 'https://api.example.com' }

describe('toResourceServer', () => {
  const resourceServer = createResourceServer(OPTIONS)

  test('takes a resource server, and whether a token is optional', () => {
    expect(toResourceServer(resourceServer)).toEqual({ resourceServer, optional: false })
    expect(toResourceServer(resourceServer, { optional: true })).toEqual({ resourceServer, optional: true })
  })

  test('takes options, among which that may be', () => {
    const optionalOf = (...given: Parameters<typeof toResourceServer>) => toResourceServer(...given).optional
    expect(optionalOf(OPTIONS)).toBe(false)
    expect(optionalOf({ ...OPTIONS, optional: true })).toBe(true)
    expect(optionalOf(OPTIONS, { optional: true })).toBe(true)
    expect(optionalOf({ ...OPTIONS, optional: false }, { optional: true })).toBe(false)
    expect(toResourceServer(OPTIONS).resourceServer).toHaveProperty('authenticate')
  })

  test.each<[unknown, object, string]>([
    [OPTIONS, { optional: 'yes' }, 'optional: must be true or false'],
    [OPTIONS, { option: true }, 'option: is not an option'],
    [OPTIONS, [], 'options: must be a plain object of options'],
    [{ ...OPTIONS, optional: 1 }, {}, 'optional: must be true or false'],
    [{ ...OPTIONS, other: 1 }, {}, 'other: is not an option'],
    ['https://as.example.com', {}, 'options: must be a plain object of options'],
    [null, {}, 'options: must be a plain object of options'],
  ])('cannot be %j with %j', (source, options, problem) => {
    expect(problemOf(() => toResourceServer(source as RequireTokenSource, options))).toBe(problem)
  })

  test('reads the environment where there are no options', () => {
    const problem = problemOf(() => createResourceServer())
    expect(problem).not.toBe('accepted')
    expect(problemOf(() => toResourceServer(undefined))).toBe(problem)
    expect(problemOf(() => toResourceServer({ optional: true } as RequireTokenSource))).toBe(problem)
  })
})

describe('authentications', () => {
  const parts = {
    scheme: 'Bearer',
    issuer: 'i',
    subject: 's',
    clientId: 'c',
    scopes: ['a'],
    expiresAt: 1,
    claims: {},
    via: 'jwt',
  } as const
  const auth = createAuth('t', parts)
  const authentication = { resourceServer: {} as ResourceServer, auth }
  const problem =
    'requireToken: must run before requireFresh, requireScope and all other guards, of the same package'

  test('are known by the request', () => {
    const [authentications, request] = [createAuthentications(), {}]
    authentications.record(request, authentication)
    expect(authentications.find(request)).toEqual(authentication)
    expect(authentications.findAuth(request)).toBe(auth)
    expect(authentications.findAuth({})).toBeUndefined()
    expect(problemOf(() => authentications.find({}))).toBe(problem)
    authentications.forget(request)
    expect(authentications.findAuth(request)).toBeUndefined()
    expect(problemOf(() => authentications.find(request))).toBe(problem)
  })

  describe('after requireFresh', () => {
    const toAuth = (token: string, ...scopes: string[]): Auth => createAuth(token, { ...parts, scopes })
    const [a, b] = [createResourceServer(OPTIONS), createResourceServer(OPTIONS)]
    /** The scopes after a later requireToken has found these. */
    const scopesAfter = (found: Auth, resourceServer: ResourceServer) => {
      const [authentications, request] = [createAuthentications(), {}]
      authentications.renew(request, { resourceServer: a, auth: toAuth('t', 'x', 'y') })
      expect([...(authentications.findAuth(request)?.scopes ?? [])]).toEqual(['x', 'y'])
      authentications.renew(request, { resourceServer: b, auth: toAuth('t', 'z') })
      const returned = authentications.record(request, { resourceServer, auth: found })
      expect(authentications.find(request)).toEqual({ resourceServer, auth: returned })
      return [...(returned?.scopes ?? [])]
    }

    test.each([
      ['no more', ['x', 'y'], ['x', 'y']],
      ['one that was lost', ['x', 'y', 'z'], ['x', 'y']],
      ['one less', ['y'], ['y']],
      ['none', [], []],
    ])('have no scope that was lost, and those of a later requireToken: %s', (_name, found, left) => {
      expect(scopesAfter(toAuth('t', ...found), a)).toEqual(left)
    })

    test('are those of each resource server, and each token', () => {
      expect(scopesAfter(toAuth('t', 'x', 'z'), b)).toEqual(['z'])
      expect(scopesAfter(toAuth('t', 'x', 'z'), createResourceServer(OPTIONS))).toEqual(['x', 'z'])
      expect(scopesAfter(toAuth('another', 'x', 'z'), a)).toEqual(['x', 'z'])
    })

    test('are of nobody where nobody is found', () => {
      const [authentications, request] = [createAuthentications(), {}]
      authentications.renew(request, { resourceServer: a, auth })
      expect(authentications.record(request, { resourceServer: a, auth: undefined })).toBeUndefined()
      expect(authentications.findAuth(request)).toBeUndefined()
    })
  })

  test('may be of nobody', () => {
    const [authentications, request] = [createAuthentications(), {}]
    authentications.record(request, { ...authentication, auth: undefined })
    expect(authentications.find(request)).toEqual({ ...authentication, auth: undefined })
    expect(authentications.findAuth(request)).toBeUndefined()
  })

  test('are of scopes that nobody can change', () => {
    const scopes = auth.scopes as Set<string>
    for (const change of [() => scopes.add('b'), () => scopes.delete('a'), () => scopes.clear()]) {
      expect(change).toThrow(new TypeError('The scopes of an access token cannot be changed'))
    }
    expect([...auth.scopes]).toEqual(['a'])
    expect([Object.isFrozen(auth), Object.isFrozen(scopes)]).toEqual([true, true])
    const visible: Auth = auth
    expect({ ...visible }).not.toHaveProperty('token')
    expect(auth.token).toBe('t')
  })
})

describe('toAnswerOrError', () => {
  const answering = (answer: (error: unknown) => unknown) => ({ answer }) as unknown as ResourceServer
  const odd = new Error('A function of the options threw no Error')

  test('finds the answer, or has the error itself', () => {
    const [answer, error] = [{ status: 401, headers: {}, body: '' }, new Error('x')]
    expect(
      toAnswerOrError(
        answering(() => answer),
        error,
      ),
    ).toBe(answer)
    expect(
      toAnswerOrError(
        answering(() => undefined),
        error,
      ),
    ).toBe(error)
  })

  test.each(['route', undefined, null, 0, { status: 200 }])('makes an error of %j', (thrown) => {
    const ours = toAnswerOrError(
      answering(() => undefined),
      thrown,
    ) as Error
    expect(ours).toEqual(odd)
    expect(ours.cause).toBe(thrown)
    const throwing = answering(() => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- as an application may
      throw thrown
    })
    expect(toAnswerOrError(throwing, new Error('x'))).toEqual(odd)
  })
})

test('the fields of an answer replace those of what was to be sent, but for two that are added', () => {
  for (const name of [
    ...['content-digest', 'content-encoding', 'content-language', 'content-length', 'content-location'],
    ...['content-range', 'content-type', 'etag', 'expires', 'last-modified', 'trailer', 'transfer-encoding'],
    ...[
      'cdn-cache-control',
      'cloudflare-cdn-cache-control',
      'akamai-cache-control',
      'edge-control',
      'surrogate-control',
    ],
    ...[
      'x-accel-expires',
      'x-accel-redirect',
      'x-lighttpd-send-file',
      'x-litespeed-location',
      'x-reproxy-url',
    ],
    ...['x-sendfile', 'x-sendfile2', 'content-disposition', 'content-md5', 'digest', 'repr-digest'],
  ]) {
    expect([name, isRepresentationField(name)]).toEqual([name, true])
  }
  for (const name of [
    'access-control-allow-origin',
    'x-request-id',
    'my-x-accel',
    'content-security-policy',
    'cdn-cache-control-policy',
  ]) {
    expect([name, isRepresentationField(name)]).toEqual([name, false])
  }
  expect([...ADDED_FIELDS]).toEqual(['Vary', 'WWW-Authenticate'])
})
