import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { startAuthorizationServer, thumbprint, type AuthorizationServer } from '@bearward/testing'
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'

let server: AuthorizationServer

beforeEach(async () => {
  server = await startAuthorizationServer({ algorithms: ['ES256', 'Ed25519'] })
})

afterEach(() => server.close())

async function fetchKeySet(): Promise<JSONWebKeySet> {
  const response = await fetch(server.jwksUri)
  return (await response.json()) as JSONWebKeySet
}

describe('the key set', () => {
  test('has a public key for each algorithm, with its thumbprint as kid', async () => {
    const { keys } = await fetchKeySet()
    expect(keys).toMatchObject([
      { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' },
      { kty: 'OKP', crv: 'Ed25519', alg: 'Ed25519', use: 'sig' },
    ])
    for (const key of keys) {
      expect(key).not.toHaveProperty('d')
      expect(key.kid).toBe(await thumbprint(key))
    }
  })

  test('is what keySet returns', async () => {
    expect(await fetchKeySet()).toEqual(server.keySet())
  })

  test('has the media type of key sets', async () => {
    const response = await fetch(server.jwksUri)
    expect(response.headers.get('content-type')).toBe('application/jwk-set+json')
  })
})

describe('rotateKeys', () => {
  test('withdraws the old keys', async () => {
    const token = await server.mint()
    await expect(jwtVerify(token, createLocalJWKSet(await fetchKeySet()))).resolves.toBeDefined()
    await server.rotateKeys()
    await expect(jwtVerify(token, createLocalJWKSet(await fetchKeySet()))).rejects.toThrow(
      'no applicable key',
    )
  })

  test('signs with the new keys', async () => {
    await server.rotateKeys()
    await expect(
      jwtVerify(await server.mint(), createLocalJWKSet(await fetchKeySet())),
    ).resolves.toBeDefined()
  })

  test('keeps the old keys where it is told to, and signs with the new ones', async () => {
    const old = server.keySet().keys
    const token = await server.mint()
    await server.rotateKeys({ keepOld: true })
    const { keys } = await fetchKeySet()
    expect(keys).toHaveLength(4)
    expect(keys.slice(2)).toEqual(old)
    await expect(jwtVerify(token, createLocalJWKSet({ keys }))).resolves.toBeDefined()
    const { protectedHeader } = await jwtVerify(await server.mint(), createLocalJWKSet({ keys }))
    expect(protectedHeader.kid).toBe(keys[0]?.kid)
  })
})

describe('publish', () => {
  test('serves raw keys, whatever they are, until it is called with undefined', async () => {
    const raw = ['text', null, { kty: 'unknown' }, ...server.keySet().keys]
    server.publish(raw)
    expect(await fetchKeySet()).toEqual({ keys: raw })
    server.publish(undefined)
    expect(await fetchKeySet()).toEqual(server.keySet())
  })

  test('holds across a rotation, which keySet shows', async () => {
    server.publish([])
    await server.rotateKeys()
    expect(await fetchKeySet()).toEqual({ keys: [] })
    expect(server.keySet().keys).toHaveLength(2)
  })
})

describe('thumbprint', () => {
  test('is that of the example in RFC 7638, section 3.1', async () => {
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3' +
      'oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA' +
      'ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-' +
      'kEgU8awapJzKnqDKgw'
    expect(await thumbprint({ kty: 'RSA', n, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' })).toBe(
      'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    )
  })
})
