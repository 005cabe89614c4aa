import { describe, expect, test } from '@jest/globals'
import { copyOutage, RefusedError, UnavailableError } from '../src/errors.js'

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
