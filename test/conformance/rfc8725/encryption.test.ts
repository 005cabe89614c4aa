import { randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { expect } from '@jest/globals'
import { CompactEncrypt, importJWK } from 'jose'
import { judge, requestWithToken, verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers({ algorithms: ['RS256'] })

/** Makes what looks like a JWE in compact serialization: a header, and four parts of nothing. */
function createHollowJwe(header: Record<string, unknown>, ciphertext = randomBytes(64)): string {
  const parts = [JSON.stringify(header), '', randomBytes(12), ciphertext, randomBytes(16)]
  return parts.map((part) => Buffer.from(part).toString('base64url')).join('.')
}

/** Expects that a token is refused as an encrypted one, at no cost to the authorization server. */
async function expectRefused(jwe: string): Promise<void> {
  const { authorizationServer, resourceServer } = servers()
  expect(await verdictOn(resourceServer, jwe)).toBe('ERR_TOKEN_ENCRYPTED')
  expect(authorizationServer.requests).toEqual({
    metadata: 0,
    jwks: 0,
    token: 0,
    introspection: 0,
    revocation: 0,
    other: 0,
  })
  expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
}

ruleForEach(
  '8725bis-3.3-b',
  { 'claims without a signature': false, 'a signed access token': true },
  'refuses %s encrypted to a published key: to decrypt is not to authenticate',
  async (isSigned) => {
    const { authorizationServer } = servers()
    const [jwk] = authorizationServer.keySet().keys
    const token = await authorizationServer.mint()
    const [, claims = ''] = token.split('.')
    const content = isSigned ? Buffer.from(token) : Buffer.from(claims, 'base64url')
    const header = { alg: 'RSA-OAEP-256', enc: 'A256GCM', typ: 'at+jwt', ...(isSigned && { cty: 'JWT' }) }
    const key = await importJWK({ ...jwk, alg: 'RSA-OAEP-256' })
    await expectRefused(await new CompactEncrypt(content).setProtectedHeader(header).encrypt(key))
  },
)

rule('8725bis-3.3-b', 'tells the client that encrypted tokens are not accepted', async () => {
  const jwe = createHollowJwe({ alg: 'dir', enc: 'A256GCM' })
  const verdict = await judge(servers().resourceServer, requestWithToken(jwe))
  expect(verdict).toMatchObject({ verdict: 'refused', error: { status: 401, error: 'invalid_token' } })
})

ruleForEach(
  '8725bis-3.13-a',
  { 'a thousand million': 1e9, 'the most that a number can hold': Number.MAX_SAFE_INTEGER, nothing: 0 },
  'derives no key from a password, whatever work the token asks for: p2c %s',
  async (p2c) => {
    const header = { alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', p2s: 'c2FsdA', p2c }
    await expectRefused(createHollowJwe(header))
  },
)

rule('8725bis-3.15-a', 'does not inflate a compressed token', async () => {
  const bomb = deflateRawSync(Buffer.alloc(4_000_000))
  await expectRefused(createHollowJwe({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' }, bomb))
})

rule('8725bis-3.15-a', 'refuses a compressed token past the size limit before it looks at it', async () => {
  const { authorizationServer, resourceServer } = servers()
  const header = { alg: 'dir', enc: 'A256GCM', zip: 'DEF' }
  const jwe = createHollowJwe(header, randomBytes(16_384))
  expect(await verdictOn(resourceServer, jwe)).toBe('ERR_TOKEN_TOO_LARGE')
  expect(authorizationServer.requests.jwks).toBe(0)
})
