import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { readKeySet } from '../../packages/core/src/keys/key-set.js'
import { parseCompact } from '../../packages/core/src/token/compact.js'
import { parseJsonObject } from '../../packages/core/src/json.js'
import { requestWithToken, verdictOn } from '../support/request.js'
import { createVirtualServers } from '../support/virtual-servers.js'
import { createEd25519Key } from './support/keys.js'

const MEGABYTE = 1_000_000
const { jwk } = createEd25519Key(1, 'ed')

afterEach(() => {
  jest.restoreAllMocks()
})

/** How often something was decoded or parsed. */
function countWork() {
  const decode = jest.spyOn(Buffer, 'from')
  const parse = jest.spyOn(JSON, 'parse')
  return { decoded: () => decode.mock.calls.length, parsed: () => parse.mock.calls.length }
}

describe('what is too large', () => {
  test('is refused before any of it is decoded or parsed: a token', () => {
    const good = `e30.${Buffer.from(`{"a":"${'x'.repeat(MEGABYTE)}"}`).toString('base64url')}.`
    const work = countWork()
    expect(() => parseCompact(good, good.length - 1)).toThrow('larger')
    expect([work.decoded(), work.parsed()]).toEqual([0, 0])
    expect(parseCompact(good, good.length).unverifiedClaims['a']).toHaveLength(MEGABYTE)
    expect(work.parsed()).toBe(2)
  })

  test('is refused in a request, whatever it is, and without a question to anybody', async () => {
    const { resourceServer, authorizationServer } = await createVirtualServers()
    for (const token of ['a', 'a.', 'e30.'].map((part) => part.repeat(MEGABYTE / part.length))) {
      const work = countWork()
      expect(await verdictOn(resourceServer, requestWithToken(token))).toBe('ERR_TOKEN_TOO_LARGE')
      expect([work.decoded(), work.parsed()]).toEqual([0, 0])
    }
    expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
  })

  test('is left out of a key set before it is decoded: a modulus, an exponent', async () => {
    const huge = 'A'.repeat(MEGABYTE)
    const work = countWork()
    const members = [
      { kty: 'RSA', n: huge, e: 'AQAB' },
      { kty: 'RSA', n: 'A'.repeat(342), e: huge },
    ]
    await expect(readKeySet({ keys: members })).rejects.toMatchObject({ code: 'ERR_KEY_SET_INVALID' })
    expect(work.decoded()).toBe(0)
    expect(await readKeySet({ keys: [...members, jwk] })).toHaveLength(1)
  })

  test('is not looked at in a key set: what comes after a hundred members', async () => {
    const others = Array.from({ length: 100 }, () => ({ kty: 'oct' }))
    await expect(readKeySet({ keys: [...others, jwk] })).rejects.toMatchObject({
      code: 'ERR_KEY_SET_INVALID',
    })
    expect(await readKeySet({ keys: [...others.slice(1), jwk] })).toHaveLength(1)
  })

  test('does not overflow the stack: JSON of a megabyte of brackets', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const depth = MEGABYTE / open.length
      expect(
        parseJsonObject(Buffer.from(`{"a":${open.repeat(depth)}1${close.repeat(depth)}}`)),
      ).toBeUndefined()
      expect(parseJsonObject(Buffer.from(`{"a":${open.repeat(depth)}`))).toBeUndefined()
    }
    expect(parseJsonObject(Buffer.from('{"a":[[{"a":1}]]}'))).toEqual({ a: [[{ a: 1 }]] })
  })
})
