import { X509Certificate, createHash, createPrivateKey } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { describe, expect, test } from '@jest/globals'
import { createResourceServer, fromWebRequest } from '@bearward/core'
import {
  createCertificate,
  createProof,
  createProofKey,
  createScriptedAuthorizationServer,
  createVirtualClock,
  thumbprint,
} from '@bearward/testing'

const URL_OF_STATS = 'https://api.example.com/stats'

/** Header and claims of a proof. */
const read = (proof: string): readonly Record<string, unknown>[] =>
  proof
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>)

describe('a certificate', () => {
  test('can be read by OpenSSL, whatever its length, and has the key and the thumbprint that it says', () => {
    for (let count = 0; count < 100; count += 1) {
      const { cert, key, der, thumbprint: sha256 } = createCertificate()
      createSecureContext({ cert, key })
      const certificate = new X509Certificate(cert)
      expect(certificate.raw.equals(der)).toBe(true)
      expect(createHash('sha256').update(der).digest('base64url')).toBe(sha256)
      expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true)
    }
  })

  test('is another one each time, also for the same key', () => {
    const first = createCertificate()
    const again = createCertificate(first.key)
    expect(again.key).toBe(first.key)
    expect(again.thumbprint).not.toBe(first.thumbprint)
    expect(createCertificate().key).not.toBe(first.key)
  })
})

describe('a proof', () => {
  test('has what RFC 9449 asks for, and nothing private', async () => {
    const key = await createProofKey()
    const now = Date.now() / 1000
    const [header, claims] = read(
      await createProof(key, { method: 'POST', url: `${URL_OF_STATS}?a#b`, token: 'token', nonce: 'n' }),
    )
    expect(header).toEqual({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.publicJwk })
    expect(Object.keys(key.publicJwk).sort()).toEqual(['crv', 'kty', 'x', 'y'])
    expect(claims).toEqual({
      jti: expect.any(String),
      htm: 'POST',
      htu: URL_OF_STATS,
      iat: expect.any(Number),
      ath: createHash('sha256').update('token').digest('base64url'),
      nonce: 'n',
    })
    expect(Math.abs(Number(claims?.['iat']) - now)).toBeLessThan(60)
    expect(await thumbprint(key.publicJwk)).toBe(key.thumbprint)
  })

  test('is made at the time that is said, in whole seconds', async () => {
    const key = await createProofKey()
    const iatOf = async (request: { issuedAt?: number }, iat?: number) => {
      const changes = iat === undefined ? {} : { claims: { iat } }
      return read(await createProof(key, { url: URL_OF_STATS, ...request }, changes))[1]?.['iat']
    }
    expect(await iatOf({ issuedAt: 1_767_225_600.9 })).toBe(1_767_225_600)
    expect(await iatOf({ issuedAt: 0 })).toBe(0)
    expect(await iatOf({ issuedAt: 5 }, 7)).toBe(7)
  })

  test('is good for a resource server in virtual time, where it has its time', async () => {
    const clock = createVirtualClock()
    const { issuer, fetch, mint } = await createScriptedAuthorizationServer({ clock })
    const key = await createProofKey()
    const dpop = { origin: new URL(URL_OF_STATS).origin }
    const resourceServer = createResourceServer({ issuer, audience: dpop.origin, clock, fetch, dpop })
    const token = await mint({ cnf: { jkt: key.thumbprint } })
    const ask = async (issuedAt?: number) => {
      const time = issuedAt === undefined ? {} : { issuedAt }
      const headers = {
        Authorization: `DPoP ${token}`,
        DPoP: await createProof(key, { url: URL_OF_STATS, token, ...time }),
      }
      return resourceServer.authenticate(fromWebRequest(new Request(URL_OF_STATS, { headers })))
    }
    expect((await ask(clock.now())).scheme).toBe('DPoP')
    await expect(ask(clock.now() - 61)).rejects.toMatchObject({ code: 'ERR_PROOF_TIME' })
  })

  test('can be bad in every way that is asked for', async () => {
    const key = await createProofKey('RS256')
    const proof = await createProof(
      key,
      { url: URL_OF_STATS },
      { claims: { jti: undefined, iat: 'x' }, header: { typ: 'JWT', kid: 'x' } },
    )
    const [header, claims] = read(proof)
    expect(header).toEqual({ typ: 'JWT', alg: 'RS256', jwk: key.publicJwk, kid: 'x' })
    expect(claims).toEqual({ htm: 'GET', htu: URL_OF_STATS, iat: 'x' })
  })

  test('needs a key of the kit', async () => {
    const { algorithm, publicJwk, thumbprint: jkt } = await createProofKey()
    const other = { algorithm, publicJwk, thumbprint: jkt }
    await expect(createProof(other, { url: URL_OF_STATS })).rejects.toThrow(
      'key: must be one from createProofKey',
    )
    await expect(createProofKey('HS256' as never)).rejects.toThrow('algorithm: not supported')
  })
})
