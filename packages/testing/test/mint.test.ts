import { createHmac, webcrypto } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  startAuthorizationServer,
  thumbprint,
  type Algorithm,
  type AuthorizationServer,
} from '@bearward/testing'
import { createLocalJWKSet, decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify } from 'jose'

const ALGORITHMS: readonly Algorithm[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

let server: AuthorizationServer

beforeAll(async () => {
  server = await startAuthorizationServer({ algorithms: ['ES256', 'RS256', 'Ed25519'] })
})

afterAll(() => server.close())

/** Verifies with a library that we did not write. */
function verify(
  token: string,
  by: Pick<AuthorizationServer, 'keySet'> = server,
): ReturnType<typeof jwtVerify> {
  return jwtVerify(token, createLocalJWKSet(by.keySet()))
}

function parts(token: string): string[] {
  return token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
}

function payloadOf(token: string): Record<string, unknown> {
  return JSON.parse(parts(token)[1] ?? '') as Record<string, unknown>
}

describe('a token that is minted without options', () => {
  test('has every claim of RFC 9068 and the type at+jwt', async () => {
    const { payload, protectedHeader } = await verify(await server.mint())
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: server.keySet().keys[0]?.kid })
    expect(payload).toEqual({
      iss: server.issuer,
      aud: 'https://api.example.com',
      sub: 'client',
      client_id: 'client',
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
      scope: 'stats:read stats:write',
    })
  })

  test('is like no other', async () => {
    expect(payloadOf(await server.mint())['jti']).not.toBe(payloadOf(await server.mint())['jti'])
  })
})

describe('the settings of the server', () => {
  test('say whom and what tokens are for, and until when', async () => {
    const custom = await startAuthorizationServer({
      algorithms: ['ES256'],
      audience: 'urn:api',
      clients: [{ clientId: 'app', clientSecret: 'hush', scope: 'read' }],
      lifetime: 60,
      clock: { now: () => 1_000_000.9, monotonic: () => 0, after: () => () => undefined, random: () => 0.5 },
    })
    expect(payloadOf(await custom.mint())).toMatchObject({
      aud: 'urn:api',
      client_id: 'app',
      scope: 'read',
      iat: 1_000_000,
      exp: 1_000_060,
    })
    await custom.close()
  })

  test('may leave a client without scopes, and the token then has none', async () => {
    const clients = [{ clientId: 'app', clientSecret: 'hush', scope: '' }]
    const custom = await startAuthorizationServer({ algorithms: ['ES256'], clients })
    expect(payloadOf(await custom.mint())).not.toHaveProperty('scope')
    await custom.close()
  })
})

describe('claims', () => {
  test('are added and replaced', async () => {
    const { payload } = await verify(await server.mint({ sub: 'user-1', roles: ['auditor'] }))
    expect(payload).toMatchObject({ sub: 'user-1', roles: ['auditor'], client_id: 'client' })
  })

  test('that are undefined are left out', async () => {
    expect(payloadOf(await server.mint({ scope: undefined }))).not.toHaveProperty('scope')
  })
})

describe('payload', () => {
  test('is signed as it stands, repeated members included', async () => {
    const payload = '{"iss":"a", "iss":"b"}'
    const token = await server.mint({}, { payload })
    expect(parts(token)[1]).toBe(payload)
    await expect(verify(token)).resolves.toBeDefined()
  })

  test('may be bytes that are not text', async () => {
    const token = await server.mint({}, { payload: Uint8Array.of(0xff, 0xfe) })
    expect(token.split('.')[1]).toBe('__4')
  })
})

describe('header', () => {
  test('adds and replaces parameters under a signature that is really over them', async () => {
    const token = await server.mint({}, { header: { typ: 'JWT', jku: 'https://evil.example' } })
    const { protectedHeader } = await verify(token)
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'JWT', jku: 'https://evil.example' })
  })

  test('leaves out a parameter that is undefined', async () => {
    const { protectedHeader } = await verify(await server.mint({}, { header: { typ: undefined } }))
    expect(protectedHeader).not.toHaveProperty('typ')
  })

  test('may lie about the algorithm', async () => {
    const token = await server.mint({}, { header: { alg: 'RS256' } })
    expect(decodeProtectedHeader(token).alg).toBe('RS256')
    await expect(verify(token)).rejects.toThrow()
  })

  test('may carry crit, which signing libraries refuse', async () => {
    const token = await server.mint({}, { header: { crit: ['b64'], b64: false } })
    expect(decodeProtectedHeader(token)).toMatchObject({ crit: ['b64'], b64: false })
  })

  test('may be raw text, repeated members included', async () => {
    const header = '{"alg":"none","alg":"ES256","kid":"?"}'
    expect(parts(await server.mint({}, { header }))[0]).toBe(header)
  })
})

describe('kid', () => {
  test('names another key', async () => {
    expect(decodeProtectedHeader(await server.mint({}, { kid: 'other' })).kid).toBe('other')
  })

  test('is left out where it is null, and the token is still good', async () => {
    const { protectedHeader } = await verify(await server.mint({}, { kid: null }))
    expect(protectedHeader).not.toHaveProperty('kid')
  })
})

describe('signature', () => {
  test.each(['none', 'stripped', 'corrupt'] as const)(
    '%s makes a token that nobody should accept',
    async (signature) => {
      await expect(verify(await server.mint({}, { signature }))).rejects.toThrow()
      await expect(verify(await server.mint({}, { signature: 'good' }))).resolves.toBeDefined()
    },
  )

  test('none says so in the header, stripped does not; both leave it empty', async () => {
    const unsecured = await server.mint({}, { signature: 'none' })
    const stripped = await server.mint({}, { signature: 'stripped' })
    expect(decodeProtectedHeader(unsecured).alg).toBe('none')
    expect(decodeProtectedHeader(stripped).alg).toBe('ES256')
    expect([unsecured.split('.')[2], stripped.split('.')[2]]).toEqual(['', ''])
  })

  test('none takes another spelling from the header', async () => {
    const token = await server.mint({}, { signature: 'none', header: { alg: 'nOnE' } })
    expect(decodeProtectedHeader(token).alg).toBe('nOnE')
  })

  test('corrupt differs from the good one in one bit', async () => {
    const options = { algorithm: 'RS256', header: { alg: 'RS256' } } as const // deterministic
    const claims = { jti: '1', iat: 1, exp: 2 }
    const good = Buffer.from((await server.mint(claims, options)).split('.')[2] ?? '', 'base64url')
    const corrupt = await server.mint(claims, { ...options, signature: 'corrupt' })
    const bad = Buffer.from(corrupt.split('.')[2] ?? '', 'base64url')
    expect(bad).toHaveLength(good.length)
    expect(
      bad.map((byte, index) => byte ^ (good[index] ?? 0)).filter((difference) => difference !== 0),
    ).toEqual(Buffer.of(1))
  })
})

describe('key', () => {
  test('unpublished signs with a key that is not in the key set, the same one each time', async () => {
    const first = await server.mint({}, { key: 'unpublished' })
    const second = await server.mint({}, { key: 'unpublished' })
    const { kid } = decodeProtectedHeader(first)
    expect(kid).toBe(decodeProtectedHeader(second).kid)
    expect(server.keySet().keys.map((key) => key.kid)).not.toContain(kid)
    await expect(verify(first)).rejects.toThrow('no applicable key')
  })

  test('unpublished may pass itself off as a published key', async () => {
    const kid = server.keySet().keys[0]?.kid
    const token = await server.mint({}, { key: 'unpublished', kid })
    await expect(verify(token)).rejects.toThrow('signature verification failed')
  })

  test.each(['RS384', 'PS256', 'ES512', 'Ed25519'])('takes a key of yours for %s', async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    const token = await server.mint({}, { key: privateKey })
    const { protectedHeader } = await jwtVerify(token, publicKey)
    expect(protectedHeader).toMatchObject({ alg, kid: await thumbprint(await exportJWK(publicKey)) })
  })

  test('refuses a key that is public, not extractable, or for something else', async () => {
    const { publicKey, privateKey: hidden } = await generateKeyPair('ES256')
    const ecdh = { name: 'ECDH', namedCurve: 'P-256' }
    const { privateKey: other } = await webcrypto.subtle.generateKey(ecdh, true, ['deriveKey'])
    for (const key of [publicKey, hidden, other]) {
      await expect(server.mint({}, { key })).rejects.toThrow(/^key: /)
    }
  })

  test('takes a secret, and names the published key that the attack is about', async () => {
    const secret = Buffer.from('-----BEGIN PUBLIC KEY-----')
    const token = await server.mint({}, { key: { secret } })
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'HS256', kid: server.keySet().keys[0]?.kid })
    const [header, payload, signature] = token.split('.')
    expect(
      createHmac('sha256', secret)
        .update(`${String(header)}.${String(payload)}`)
        .digest('base64url'),
    ).toBe(signature)
  })
})

describe('algorithm', () => {
  test('chooses among the configured ones', async () => {
    for (const algorithm of ['ES256', 'RS256', 'Ed25519'] as const) {
      const { protectedHeader } = await verify(await server.mint({}, { algorithm }))
      expect(protectedHeader.alg).toBe(algorithm)
    }
  })

  test('that is not configured signs with a published key of the same type', async () => {
    const token = await server.mint({}, { algorithm: 'PS256' })
    const rsaKey = server.keySet().keys.find((key) => key.kty === 'RSA')
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'PS256', kid: rsaKey?.kid })
    await expect(jwtVerify(token, { ...rsaKey, alg: 'PS256' })).resolves.toBeDefined()
  })

  test.each([
    ['for which there is no published key', { algorithm: 'ES512' }],
    ['that needs a secret, without one', { algorithm: 'HS256' }],
    ['that takes no secret, with one', { algorithm: 'RS256', key: { secret: Buffer.from('secret') } }],
  ] as const)('%s is refused', async (_mistake, options) => {
    await expect(server.mint({}, options)).rejects.toThrow(/^algorithm: /)
  })
})

test('every algorithm signs tokens that verify', async () => {
  const all = await startAuthorizationServer({ algorithms: ALGORITHMS })
  for (const algorithm of ALGORITHMS) {
    const { protectedHeader } = await verify(await all.mint({}, { algorithm }), all)
    expect(protectedHeader.alg).toBe(algorithm)
  }
  await all.close()
})
