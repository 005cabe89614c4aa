import { describe, expect, test } from '@jest/globals'
import { settle, toAnswer, type AnswerPolicy } from '../src/answer.js'
import { RefusedError, UnavailableError } from '../src/errors.js'

const NO_STORE = { 'Cache-Control': 'no-store' }

const policyWith = (changes: Partial<AnswerPolicy> = {}): AnswerPolicy => ({
  challenge: {
    realm: 'api',
    errorUri: 'https://api.example.com/errors',
    resourceMetadata: undefined,
    scope: 'first',
    schemes: ['Bearer'],
    proofAlgorithms: [],
    issueNonce: () => 'n',
  },
  hideForbidden: false,
  refusalBody: undefined,
  onRefusal: undefined,
  ...changes,
})

const challengeOf = (error: RefusedError, policy = policyWith()) =>
  (settle(error, policy, 'Bearer') as RefusedError).headers['WWW-Authenticate']

describe('settle', () => {
  test('leaves every other error as it is, and tells nobody', () => {
    const told: unknown[] = []
    const onRefusal = (error: unknown) => void told.push(error)
    for (const error of [new Error('x'), undefined, 'x', { code: 'ERR_TOKEN_EXPIRED' }]) {
      expect(settle(error, policyWith({ onRefusal }))).toBe(error)
    }
    expect(told).toEqual([])
  })

  test('gives a refusal its challenge, and keeps what it says', () => {
    const cause = new Error('x')
    const refusal = new RefusedError('ERR_SCOPE_INSUFFICIENT', { cause, scope: 'a b' })
    const told: unknown[] = []
    const settled = settle(refusal, policyWith({ onRefusal: (error) => void told.push(error) }), 'Bearer')
    expect(told).toEqual([settled])
    expect(settled).not.toBe(refusal)
    expect(settled).toMatchObject({
      code: refusal.code,
      status: 403,
      scope: 'a b',
      cause,
      authentication: undefined,
    })
    expect((settled as RefusedError).headers).toEqual({
      ...NO_STORE,
      'WWW-Authenticate':
        'Bearer realm="api", scope="a b", error="insufficient_scope", error_description="' +
        `${refusal.description}", error_uri="https://api.example.com/errors"`,
    })
  })

  test('keeps the authentication that is needed', () => {
    const authentication = { acrValues: ['mfa', 'gold'], maxAge: 60 }
    const settled = settle(
      new RefusedError('ERR_AUTHENTICATION_INSUFFICIENT', { authentication }),
      policyWith(),
    )
    expect(settled).toMatchObject({ authentication, scope: undefined })
    expect((settled as RefusedError).headers['WWW-Authenticate']).toMatch(
      /acr_values="mfa gold", max_age="60"$/,
    )
  })

  test('asks for the first scopes where there is no good token, and nothing else is asked for', () => {
    expect(challengeOf(new RefusedError('ERR_CREDENTIALS_MISSING'))).toBe('Bearer realm="api", scope="first"')
    expect(challengeOf(new RefusedError('ERR_TOKEN_EXPIRED'))).toMatch(
      /^Bearer realm="api", scope="first", error=/,
    )
    expect(challengeOf(new RefusedError('ERR_CLAIMS_INSUFFICIENT'))).toMatch(/^Bearer realm="api", error=/)
    const authentication = { maxAge: 60 }
    const stepUp = new RefusedError('ERR_AUTHENTICATION_INSUFFICIENT', { authentication })
    expect(challengeOf(stepUp)).toMatch(/^Bearer realm="api", error=/)
    const noScope = { challenge: { ...policyWith().challenge, scope: undefined } }
    expect(challengeOf(new RefusedError('ERR_CREDENTIALS_MISSING'), policyWith(noScope))).toBe(
      'Bearer realm="api"',
    )
  })

  test('sends a nonce where the proof needs one, and nowhere else', () => {
    const headersOf = (code: 'ERR_PROOF_NONCE' | 'ERR_PROOF_TIME') =>
      (settle(new RefusedError(code), policyWith(), 'DPoP') as RefusedError).headers
    expect(headersOf('ERR_PROOF_NONCE')['DPoP-Nonce']).toBe('n')
    expect(headersOf('ERR_PROOF_TIME')).not.toHaveProperty('DPoP-Nonce')
  })

  test('hides what is forbidden, if that is to be hidden', () => {
    const cause = new Error('x')
    const refusal = new RefusedError('ERR_CLAIMS_INSUFFICIENT', { cause })
    const hidden = settle(refusal, policyWith({ hideForbidden: true }), 'Bearer')
    expect(hidden).toMatchObject({
      code: 'ERR_CLAIMS_INSUFFICIENT',
      status: 404,
      error: undefined,
      description: 'Not found',
      headers: NO_STORE,
      cause,
    })
    expect(settle(refusal, policyWith())).toMatchObject({ status: 403 })
    const other = settle(new RefusedError('ERR_TOKEN_EXPIRED'), policyWith({ hideForbidden: true }))
    expect(other).toMatchObject({ status: 401, error: 'invalid_token' })
  })

  test('copies an outage for each request', () => {
    const outage = new UnavailableError('ERR_KEY_SET_INVALID', 'x')
    const told: unknown[] = []
    const settled = settle(outage, policyWith({ onRefusal: (error) => void told.push(error) }))
    expect(settled).not.toBe(outage)
    expect(settled).toMatchObject({ code: outage.code, message: outage.message })
    expect(told).toEqual([settled])
  })

  test('does not mind an onRefusal that throws', () => {
    const onRefusal = () => {
      throw new Error('x')
    }
    expect(settle(new RefusedError('ERR_TOKEN_EXPIRED'), policyWith({ onRefusal }))).toBeInstanceOf(
      RefusedError,
    )
  })
})

describe('toAnswer', () => {
  const headers = { ...NO_STORE, 'WWW-Authenticate': 'Bearer' }
  const refusal = new RefusedError('ERR_TOKEN_EXPIRED', { headers })

  test('says what the challenge says', () => {
    expect(toAnswer(refusal, policyWith())).toEqual({
      status: 401,
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ error: 'invalid_token', error_description: refusal.description }),
    })
  })

  test('has no body where the challenge has no error, and none for an outage', () => {
    const missing = new RefusedError('ERR_CREDENTIALS_MISSING', { headers })
    expect(toAnswer(missing, policyWith())).toEqual({ status: 401, headers, body: '' })
    const outage = new UnavailableError('ERR_KEY_SET_INVALID', 'x', { retryAfter: 7 })
    expect(toAnswer(outage, policyWith())).toEqual({
      status: 503,
      headers: { ...NO_STORE, 'Retry-After': '7' },
      body: '',
    })
  })

  test('has no answer to other errors', () => {
    for (const error of [new Error('x'), undefined, { status: 401 }]) {
      expect(toAnswer(error, policyWith())).toBeUndefined()
    }
  })

  test('has the body of the application', () => {
    const body = { contentType: 'text/plain; charset=utf-8', content: 'nö' }
    expect(toAnswer(refusal, policyWith({ refusalBody: () => body }))).toEqual({
      status: 401,
      headers: { ...headers, 'Content-Type': body.contentType },
      body: body.content,
    })
    expect(toAnswer(refusal, policyWith({ refusalBody: () => undefined }))?.body).toBe('')
  })

  test.each([
    {},
    { contentType: 'text/plain' },
    { content: 'x' },
    { contentType: 1, content: 'x' },
    { contentType: 'text/plain', content: 1 },
    { contentType: '', content: 'x' },
    { contentType: 'text/plain\r\nX: y', content: 'x' },
    { contentType: 'é', content: 'x' },
    { contentType: 'aé', content: 'x' },
    { contentType: 'éa', content: 'x' },
  ])('cannot send %j', (body) => {
    expect(() => toAnswer(refusal, policyWith({ refusalBody: () => body as never }))).toThrow(
      new TypeError('refusalBody must return { contentType, content }, two strings, or undefined'),
    )
  })
})
