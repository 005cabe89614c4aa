import { describe, expect, test } from '@jest/globals'
import {
  asSingleOutage,
  AskedPauseError,
  ConfigurationError,
  copyOutage,
  GeneralOutageError,
  RefusedError,
  UnavailableError,
} from '../src/errors.js'

describe.each([
  ['RefusedError', () => new RefusedError('ERR_TOKEN_EXPIRED', { headers: { 'Cache-Control': 'no-store' } })],
  ['UnavailableError', () => new UnavailableError('ERR_KEY_SET_INVALID', 'detail')],
] as const)('%s', (_name, create) => {
  test('has header fields that nobody can change', () => {
    const error = create()
    expect(() => Object.assign(error.headers, { 'Cache-Control': 'public' })).toThrow(TypeError)
    expect(error.headers['Cache-Control']).toBe('no-store')
  })

  test('is an Error with a stable code', () => {
    const error = create()
    expect(error).toBeInstanceOf(Error)
    expect(error.code).toMatch(/^ERR_[A-Z_]+$/)
  })
})

test('a RefusedError names no place, for that costs more than a verdict; other errors do', () => {
  expect(new RefusedError('ERR_TOKEN_EXPIRED').stack).toBe('RefusedError: The access token expired')
  expect(new UnavailableError('ERR_KEY_SET_INVALID', 'detail').stack).toContain('errors.test')
  expect(new Error('of the application').stack).toContain('errors.test')
})

test('a RefusedError that does not fit on the stack leaves the stacks of other errors alone', () => {
  const { stackTraceLimit } = Error
  const recurse = (): unknown => {
    try {
      return recurse()
    } catch {
      return new RefusedError('ERR_TOKEN_EXPIRED')
    }
  }
  const overflow = (): unknown => [new RefusedError('ERR_TOKEN_EXPIRED'), overflow()]
  expect(recurse()).toBeInstanceOf(RefusedError)
  expect(overflow).toThrow(RangeError)
  expect(Error.stackTraceLimit).toBe(stackTraceLimit)
  expect(stackTraceLimit).toBeGreaterThan(0)
})

test('a RefusedError can be made where nobody may change how stacks are taken', () => {
  const known = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') ?? {}
  Object.defineProperty(Error, 'stackTraceLimit', { ...known, writable: false })
  try {
    expect(new RefusedError('ERR_TOKEN_EXPIRED').stack).toContain('errors.test')
  } finally {
    Object.defineProperty(Error, 'stackTraceLimit', known)
  }
})

describe('copyOutage', () => {
  test('makes another error that says the same', () => {
    const cause = new Error('reset')
    const outage = new UnavailableError('ERR_KEY_SET_INVALID', 'no key', { cause, retryAfter: 7 })
    const copy = copyOutage(outage)
    expect(copy).not.toBe(outage)
    expect(copy).toMatchObject({
      code: 'ERR_KEY_SET_INVALID',
      message: outage.message,
      retryAfter: 7,
      headers: outage.headers,
    })
    expect(copy.cause).toBe(cause)
  })
})

describe('kinds of outages', () => {
  const code = 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'
  const message = 'The authorization server did not answer: x'

  test.each([UnavailableError, GeneralOutageError, AskedPauseError])('are kept by copies: %p', (Outage) => {
    const copy = copyOutage(new Outage(code, 'x', { retryAfter: 7.1 }))
    expect(copy.constructor).toBe(Outage)
    expect(copy).toMatchObject({ name: 'UnavailableError', code, message, retryAfter: 8, status: 503 })
    expect(copyOutage(copy, 2).retryAfter).toBe(2)
  })

  test('are lost where another server was to be asked', () => {
    for (const Outage of [GeneralOutageError, AskedPauseError]) {
      const outage = new Outage(code, 'x', { retryAfter: 7 })
      const single = asSingleOutage(outage) as UnavailableError
      expect(single.constructor).toBe(UnavailableError)
      expect(single).toMatchObject({ code, message, retryAfter: 7, cause: outage })
    }
    for (const other of [new UnavailableError(code, 'x'), new Error('x'), undefined]) {
      expect(asSingleOutage(other)).toBe(other)
    }
  })

  test('ask for five seconds, and one at least', () => {
    const retryAfter = (given?: number) =>
      new UnavailableError(code, 'x', given === undefined ? {} : { retryAfter: given }).headers
    expect(retryAfter()).toEqual({ 'Cache-Control': 'no-store', 'Retry-After': '5' })
    expect(retryAfter(0)).toEqual({ 'Cache-Control': 'no-store', 'Retry-After': '1' })
  })
})

test('a ConfigurationError names the option at fault', () => {
  expect(new ConfigurationError('issuer', 'is required')).toMatchObject({
    name: 'ConfigurationError',
    code: 'ERR_CONFIGURATION',
    option: 'issuer',
    message: 'issuer: is required',
  })
})

describe('a refusal', () => {
  test('is what its code says', () => {
    const refusal = new RefusedError('ERR_SCOPE_INSUFFICIENT', { scope: 'a' })
    expect(refusal).toMatchObject({
      name: 'RefusedError',
      status: 403,
      error: 'insufficient_scope',
      scope: 'a',
    })
    expect(refusal.message).toBe(refusal.description)
    expect([refusal.authentication, refusal.headers]).toEqual([undefined, {}])
    expect('cause' in refusal).toBe(false)
    expect(new RefusedError('ERR_TOKEN_EXPIRED', { cause: 'exp' }).cause).toBe('exp')
    expect('cause' in new RefusedError('ERR_TOKEN_EXPIRED', { cause: undefined })).toBe(true)
  })

  test('says nothing where it is hidden', () => {
    expect(new RefusedError('ERR_SCOPE_INSUFFICIENT', { status: 404 })).toMatchObject({
      code: 'ERR_SCOPE_INSUFFICIENT',
      status: 404,
      error: undefined,
      message: 'Not found',
      description: 'Not found',
    })
  })
})
