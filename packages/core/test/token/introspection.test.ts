import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import { AskedPauseError, GeneralOutageError, RefusedError, UnavailableError } from '../../src/errors.js'
import { createIntrospect } from '../../src/token/introspection.js'
import { ask, ENDPOINT, outcomeOf, PLAIN, SIGNED, signer } from './scripted-answer.js'

describe('the question', () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: 'Basic x' }

  test('is authenticated, and then sent as a form by POST', async () => {
    const { events, outcome } = ask({})
    await outcome
    const body = 'token=a%2Bb&token_type_hint=access_token&client_id=api'
    expect(events).toEqual([
      `as a+b at ${ENDPOINT}`,
      'sent',
      [ENDPOINT, { method: 'POST', headers: { ...headers, accept: 'application/json' }, body }],
      'body',
    ])
  })

  test('has no hint where the policy says so', async () => {
    const { events, outcome } = ask({}, { ...PLAIN, tokenTypeHint: false })
    await outcome
    expect(events[2]).toMatchObject([ENDPOINT, { body: 'token=a%2Bb&client_id=api' }])
  })

  test('asks for a signed answer where the policy says so', async () => {
    const { events, outcome } = ask({}, SIGNED)
    await outcome
    const accept = 'application/token-introspection+jwt'
    expect(events[2]).toMatchObject([ENDPOINT, { method: 'POST', headers: { ...headers, accept } }])
  })

  test('tells the credentials that they were refused by the status 401, and by no other', async () => {
    for (const status of [200, 400, 401, 403, 500]) {
      const { events, outcome } = ask({ status })
      await outcome
      expect(events.includes('credentials refused')).toBe(status === 401)
    }
  })

  test.each(['locate', 'authenticate'])('does not leave where %s fails', async (name) => {
    const events: unknown[] = []
    const error = new UnavailableError('ERR_METADATA_INVALID', 'x')
    const introspect = createIntrospect(PLAIN, {
      exchange: () => Promise.reject(new Error('not called')),
      locate: () => Promise.resolve(ENDPOINT),
      authenticate: () => Promise.resolve(() => undefined),
      clock: createManualClock(),
      [name]: () => Promise.reject(error),
    })
    await expect(introspect('a', () => events.push('sent'))).rejects.toBe(error)
    expect(events).toEqual([])
  })
})

describe('the answer', () => {
  test('is what the server says of an active token, frozen all through', async () => {
    const claims = await outcomeOf({ body: '{"active":true,"act":{"sub":"a"}}' })
    expect(claims).toEqual({ active: true, act: { sub: 'a' } })
    expect(Object.isFrozen(claims)).toBe(true)
    expect(Object.isFrozen((claims as { act: object }).act)).toBe(true)
  })

  test('is nothing for a token that is not active', async () => {
    expect(await outcomeOf({ body: '{"active":false,"sub":"a"}' })).toBeUndefined()
  })

  test.each([
    '{}',
    '{"active":"true"}',
    '{"active":1}',
    '{"active":null}',
    '{"active":[true]}',
    '{"Active":true}',
  ])('refuses a token of which it is not clear: %s', async (body) => {
    const error = await outcomeOf({ body })
    expect(error).toBeInstanceOf(RefusedError)
    expect(error).toMatchObject({
      code: 'ERR_TOKEN_INACTIVE',
      cause: 'active: is neither true nor false',
    })
  })

  test('does not take what a polluted prototype says', async () => {
    Object.defineProperty(Object.prototype, 'active', { value: true, configurable: true })
    try {
      expect(await outcomeOf({ body: '{"sub":"a"}' })).toMatchObject({ code: 'ERR_TOKEN_INACTIVE' })
    } finally {
      Reflect.deleteProperty(Object.prototype, 'active')
    }
  })

  test.each(['', '[]', '{"active":true,"active":true}', '{"active":true'])(
    'is no JSON object: %j',
    async (body) => {
      expect(await outcomeOf({ body })).toMatchObject({
        code: 'ERR_AUTHORIZATION_SERVER_RESPONSE',
        message: expect.stringContaining(`${ENDPOINT}# is not one unambiguous JSON object`),
      })
    },
  )

  test('is of the type that was asked for', async () => {
    const jwt = 'application/token-introspection+jwt'
    expect(await outcomeOf({ type: 'application/json; charset=utf-8' })).toEqual({ active: true })
    for (const [type, policy] of [
      [jwt, PLAIN],
      ['text/html', PLAIN],
      ['application/json', SIGNED],
    ] as const) {
      expect(await outcomeOf({ type }, policy)).toMatchObject({ code: 'ERR_AUTHORIZATION_SERVER_RESPONSE' })
    }
  })

  test('is verified where it is signed', async () => {
    const type = 'application/token-introspection+jwt; charset=utf-8'
    const about = { iss: 'https://as.example.com', aud: 'api', iat: 1_000_000 }
    const header = { typ: 'token-introspection+jwt' }
    const answer = (token_introspection: object) => signer.sign({ ...about, token_introspection }, header)
    expect(await outcomeOf({ type, body: await answer({ active: true }) }, SIGNED)).toEqual({ active: true })
    expect(await outcomeOf({ type, body: await answer({ active: false }) }, SIGNED)).toBeUndefined()
    expect(await outcomeOf({ type, body: '{"active":true}' }, SIGNED)).toMatchObject({
      code: 'ERR_INTROSPECTION_RESPONSE',
      message: expect.stringContaining(`${ENDPOINT}#: see the cause, ERR_TOKEN_MALFORMED`),
    })
  })
})

describe('another status', () => {
  test.each([
    [400, 'ERR_INTROSPECTION_REFUSED', UnavailableError],
    [401, 'ERR_INTROSPECTION_REFUSED', GeneralOutageError],
    [403, 'ERR_INTROSPECTION_REFUSED', UnavailableError],
    [201, 'ERR_AUTHORIZATION_SERVER_RESPONSE', UnavailableError],
    [302, 'ERR_AUTHORIZATION_SERVER_RESPONSE', UnavailableError],
    [402, 'ERR_AUTHORIZATION_SERVER_RESPONSE', UnavailableError],
    [404, 'ERR_AUTHORIZATION_SERVER_RESPONSE', UnavailableError],
    [500, 'ERR_AUTHORIZATION_SERVER_RESPONSE', UnavailableError],
    [429, 'ERR_AUTHORIZATION_SERVER_RESPONSE', GeneralOutageError],
    [503, 'ERR_AUTHORIZATION_SERVER_RESPONSE', GeneralOutageError],
  ])('%d is an outage, %s', async (status, code, kind) => {
    const { events, outcome } = ask({ status })
    const error = await outcome
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(`: ${ENDPOINT}# answered with status ${status}$`),
    })
    expect((error as object).constructor).toBe(kind)
    expect(events).not.toContain('body')
  })

  test('503 may say for how long', async () => {
    const headers = { 'retry-after': new Date(1_000_030_000).toUTCString() }
    const error = await outcomeOf({ status: 503, headers })
    expect(error).toBeInstanceOf(AskedPauseError)
    expect(error).toMatchObject({ retryAfter: 30 })
  })
})
