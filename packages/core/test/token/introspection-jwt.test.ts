import { describe, expect, test } from '@jest/globals'
import { AskedPauseError, GeneralOutageError, RefusedError, UnavailableError } from '../../src/errors.js'
import type { JsonObject } from '../../src/json.js'
import type { KeySource } from '../../src/keys/key-source.js'
import { readIntrospectionJwt } from '../../src/token/introspection-jwt.js'
import { createScriptedKeys, createSigner } from './scripted-key.js'

const [signer, other] = [await createSigner(), await createSigner()]
const URL_ASKED = 'https://as.example.com/introspect'
const RESPONSE = { active: true, sub: 'alice' }
const GOOD = { iss: 'https://as.example.com', aud: 'api', iat: 1_000, token_introspection: RESPONSE }
const TYPE = { typ: 'token-introspection+jwt' }

const read = (text: string, keySource: KeySource, algorithms = ['ES256']) =>
  readIntrospectionJwt(
    Buffer.from(text, 'latin1'),
    URL_ASKED,
    {
      issuer: 'https://as.example.com',
      audiences: new Set(['api', 'urn:api']),
      algorithms: new Set(algorithms),
      keySource,
    },
    1_000,
  )

/** What a good answer with these changes brings: `token_introspection`, or the error. */
async function outcomeOf(changes: JsonObject, header: object = {}, algorithms?: string[]): Promise<unknown> {
  const answer = await signer.sign({ ...GOOD, ...changes }, { ...TYPE, ...header })
  return read(answer, createScriptedKeys(signer.key).keySource, algorithms).catch((error: unknown) => error)
}

/** An outage with this detail; `cause` is a refusal of this code. */
const unbelievable = (detail: string, code?: string): unknown =>
  expect.objectContaining({
    code: 'ERR_INTROSPECTION_RESPONSE',
    message: `The introspection endpoint gave a signed answer that cannot be believed: ${URL_ASKED}: ${detail}`,
    cause: code === undefined ? undefined : expect.objectContaining({ code }),
  })

describe('readIntrospectionJwt', () => {
  test('brings what the answer says of the token, and nothing of the answer itself', async () => {
    expect(await outcomeOf({ sub: 'nobody' })).toEqual(RESPONSE)
    expect(await outcomeOf({ token_introspection: { active: false } })).toEqual({ active: false })
  })

  test('believes an answer of now, give or take what clocks differ by', async () => {
    const OLD = 'it is not of now: see its iat, exp and nbf, and the clocks'
    const good = [{ iat: 701 }, { iat: 1_060 }, { exp: 941, nbf: 1_060 }, { exp: 1_000, nbf: 1_000 }]
    for (const times of good) expect(await outcomeOf(times)).toEqual(RESPONSE)
    const bad = [{ iat: 700 }, { iat: 1_061 }, { exp: 940 }, { nbf: 1_061 }, { exp: '2000' }, { nbf: null }]
    for (const times of bad) expect(await outcomeOf(times)).toEqual(unbelievable(OLD))
  })

  test.each([
    'https://as.example.org',
    'https://as.example.com/',
    '',
    null,
    ['https://as.example.com'],
    undefined,
  ])('believes no other issuer: %j', async (iss) => {
    expect(await outcomeOf({ iss })).toEqual(unbelievable('its iss is not the issuer'))
  })

  test('believes an answer for one of the identifiers of this resource server', async () => {
    for (const aud of ['api', 'urn:api', ['api'], ['x', 'urn:api']]) {
      expect(await outcomeOf({ aud })).toEqual(RESPONSE)
    }
    for (const aud of [
      'x',
      'API',
      '',
      [],
      ['x', 'y'],
      ['api', 1],
      [['api']],
      { api: 'api' },
      1,
      null,
      undefined,
    ]) {
      expect(await outcomeOf({ aud })).toEqual(unbelievable('its aud does not name this resource server'))
    }
  })

  test.each(['1000', null, undefined])('believes none without a time: iat is %j', async (iat) => {
    expect(await outcomeOf({ iat })).toEqual(unbelievable('it has no iat'))
  })

  test.each([null, 'x', [RESPONSE], true, undefined])('needs an object for the token: %j', async (value) => {
    expect(await outcomeOf({ token_introspection: value, active: true })).toEqual(
      unbelievable('it has no token_introspection'),
    )
  })

  test('takes no other kind of JWT, an access token above all', async () => {
    for (const typ of ['Token-Introspection+JWT', 'application/token-introspection+jwt']) {
      expect(await outcomeOf({}, { typ })).toEqual(RESPONSE)
    }
    for (const typ of ['at+jwt', 'JWT', undefined]) {
      expect(await outcomeOf({}, { typ })).toEqual(
        unbelievable('see the cause, ERR_TOKEN_TYPE', 'ERR_TOKEN_TYPE'),
      )
    }
  })

  test('takes the algorithms of the policy alone', async () => {
    expect(await outcomeOf({}, {}, ['ES384'])).toEqual(
      unbelievable('see the cause, ERR_TOKEN_ALGORITHM', 'ERR_TOKEN_ALGORITHM'),
    )
  })

  test('believes the keys of the authorization server alone', async () => {
    const { keySource } = createScriptedKeys(other.key)
    const answer = await signer.sign(GOOD, TYPE)
    await expect(read(answer, keySource)).rejects.toEqual(
      unbelievable('see the cause, ERR_TOKEN_SIGNATURE', 'ERR_TOKEN_SIGNATURE'),
    )
  })

  test.each(['', 'x', '{"active":true}', '\xe9.\xe9.\xe9'])('refuses what is no JWT: %j', async (text) => {
    await expect(read(text, createScriptedKeys(signer.key).keySource)).rejects.toEqual(
      unbelievable('see the cause, ERR_TOKEN_MALFORMED', 'ERR_TOKEN_MALFORMED'),
    )
  })

  test('throws an outage, so that nobody takes it for the client’s fault', async () => {
    expect(await outcomeOf({ iat: null })).toBeInstanceOf(UnavailableError)
    expect(await outcomeOf({}, { typ: 'JWT' })).toBeInstanceOf(UnavailableError)
  })

  test('takes a key that cannot be found for an answer that cannot be believed', async () => {
    const keySource = { find: () => Promise.reject(new RefusedError('ERR_TOKEN_KEY')) }
    await expect(read(await signer.sign(GOOD, TYPE), keySource)).rejects.toEqual(
      unbelievable('see the cause, ERR_TOKEN_KEY', 'ERR_TOKEN_KEY'),
    )
  })

  test.each([new UnavailableError('ERR_KEY_SET_INVALID', 'x'), new TypeError('broken')])(
    'ends with what the search for keys ends with: %s',
    async (error) => {
      const keySource = { find: () => Promise.reject(error) }
      await expect(read(await signer.sign(GOOD, TYPE), keySource)).rejects.toBe(error)
    },
  )

  test.each([
    new GeneralOutageError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', 'x', { cause: new Error('reset') }),
    new AskedPauseError('ERR_AUTHORIZATION_SERVER_RESPONSE', 'x', { retryAfter: 60 }),
  ])('says nothing of the endpoint where the keys cannot be had: %s', async (outage) => {
    const keySource = { find: () => Promise.reject(outage) }
    const error: unknown = await read(await signer.sign(GOOD, TYPE), keySource).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(UnavailableError)
    expect(error).not.toBeInstanceOf(GeneralOutageError)
    const { code, message, retryAfter } = outage
    expect(error).toMatchObject({ code, message, retryAfter, cause: outage })
  })
})
