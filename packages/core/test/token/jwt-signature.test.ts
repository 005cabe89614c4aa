import { describe, expect, test } from '@jest/globals'
import { RefusedError, UnavailableError } from '../../src/errors.js'
import type { JsonObject } from '../../src/json.js'
import type { KeySource } from '../../src/keys/key-source.js'
import { parseCompact } from '../../src/token/compact.js'
import { verifySignature } from '../../src/token/jwt.js'
import { createScriptedKeys, createSigner } from './scripted-key.js'

const [signer, other] = [await createSigner('1'), await createSigner('2')]
const CLAIMS = { sub: 'alice', iat: 1_000 }
const HEADER = { alg: 'ES256', kid: '1' }

const verify = (
  compact: string,
  keySource: KeySource,
  header: Parameters<typeof verifySignature>[1] = HEADER,
) => verifySignature(parseCompact(compact, Infinity), header, keySource)

/** The error that this ends with. */
async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'verified',
    (error: unknown) => error,
  )
}

describe('verifySignature', () => {
  test('brings the claims, where one of the keys verifies', async () => {
    const { keySource } = createScriptedKeys(other.key, signer.key)
    expect(await verify(await signer.sign(CLAIMS), keySource)).toEqual(CLAIMS)
  })

  test('refuses what none of the keys verifies', async () => {
    const error = await errorOf(verify(await signer.sign(CLAIMS), createScriptedKeys(other.key).keySource))
    expect(error).toBeInstanceOf(RefusedError)
    expect(error).toMatchObject({ code: 'ERR_TOKEN_SIGNATURE', cause: undefined })
  })

  test('refuses what cannot be verified, and says what went wrong', async () => {
    const keys = createScriptedKeys(signer.key)
    const unknown = verify(await signer.sign(CLAIMS), keys.keySource, { ...HEADER, alg: 'ES256K' })
    expect(await errorOf(unknown)).toMatchObject({
      code: 'ERR_TOKEN_SIGNATURE',
      cause: { message: expect.stringContaining('ES256K') },
    })
  })

  test('refuses other claims under the same signature', async () => {
    const [header, , signature] = (await signer.sign(CLAIMS)).split('.')
    const [, claims] = (await signer.sign({ ...CLAIMS, sub: 'bob' })).split('.')
    const { keySource } = createScriptedKeys(signer.key)
    const error = await errorOf(verify(`${String(header)}.${String(claims)}.${String(signature)}`, keySource))
    expect(error).toMatchObject({ code: 'ERR_TOKEN_SIGNATURE' })
  })

  test('verifies with the algorithm that was checked, and no other', async () => {
    const { keySource } = createScriptedKeys(signer.key)
    const error = await errorOf(verify(await signer.sign(CLAIMS), keySource, { ...HEADER, alg: 'ES384' }))
    expect(error).toMatchObject({ code: 'ERR_TOKEN_SIGNATURE' })
  })

  test('refuses an unsigned token without a look at the keys', async () => {
    const { keySource, hints } = createScriptedKeys(signer.key)
    const unsigned = (await signer.sign(CLAIMS)).replace(/[^.]*$/, '')
    const error = await errorOf(verify(unsigned, keySource))
    expect(error).toMatchObject({ code: 'ERR_TOKEN_SIGNATURE' })
    expect(hints).toEqual([])
  })

  test.each<[JsonObject, number | undefined]>([
    [CLAIMS, 1_000],
    [{ iat: 0 }, 0],
    [{ iat: '1000' }, undefined],
    [{ iat: null }, undefined],
    [{}, undefined],
  ])('says of a token with the claims %j that it was issued at %p', async (claims, issuedAt) => {
    const { keySource, hints } = createScriptedKeys(signer.key)
    await verify(await signer.sign(claims), keySource)
    await verify(await signer.sign(claims), keySource, { alg: 'ES256', kid: undefined })
    expect(hints).toEqual([
      { alg: 'ES256', kid: '1', issuedAt },
      { alg: 'ES256', kid: undefined, issuedAt },
    ])
  })

  test.each([
    new RefusedError('ERR_TOKEN_KEY'),
    new UnavailableError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', 'down'),
    new TypeError('broken'),
  ])('ends with what the search for keys ends with: %s', async (error) => {
    const keySource = { find: () => Promise.reject(error) }
    expect(await errorOf(verify(await signer.sign(CLAIMS), keySource))).toBe(error)
  })
})
