import { deflateRawSync } from 'node:zlib'
import { expect } from '@jest/globals'
import { CompactEncrypt, importJWK } from 'jose'
import { judge, requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { takeApart } from '../support/jws.js'
import { useServers } from '../support/servers.js'

const servers = useServers({ algorithms: ['RS256'] })

/** Five parts, the first of which is this header. */
function fiveParts(header: Readonly<Record<string, unknown>>, ...rest: readonly string[]): string {
  const [key = 'AAAA', iv = 'AAAA', ciphertext = 'AAAA', tag = 'AAAA'] = rest
  return [Buffer.from(JSON.stringify(header)).toString('base64url'), key, iv, ciphertext, tag].join('.')
}

/** Encrypts to the public key of the authorization server, as anybody can. */
async function encrypt(content: string | Uint8Array): Promise<string> {
  const [jwk = {}] = servers().authorizationServer.keySet().keys
  const key = await importJWK({ ...jwk, alg: 'RSA-OAEP-256', use: 'enc' })
  return new CompactEncrypt(Buffer.from(content))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', typ: 'at+jwt', cty: 'JWT' })
    .encrypt(key)
}

const ENCRYPTED: Readonly<Record<string, () => Promise<string> | string>> = {
  'nothing in it': () => '....',
  'parts that are no base64url': () => '*.*.*.*.*'.replaceAll('*', '~'),
  'a header that is no JSON': () => 'AAAA.AAAA.AAAA.AAAA.AAAA',
  'direct encryption': () => fiveParts({ alg: 'dir', enc: 'A256GCM' }, ''),
  'RSA1_5 and bad padding': () => fiveParts({ alg: 'RSA1_5', enc: 'A128CBC-HS256' }, 'A'.repeat(342)),
  'a key agreement with a point off the curve': () =>
    fiveParts({ alg: 'ECDH-ES', enc: 'A256GCM', epk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }, ''),
}

ruleForEach(
  ['JWE-01', 'JWE-05'],
  ENCRYPTED,
  'refuses an encrypted token with %s, asking for nothing, and gives no reason but that',
  async (create) => {
    const { authorizationServer, resourceServer } = servers()
    const outcome = await judge(resourceServer, requestWithToken(await create()))
    if (outcome.verdict !== 'refused') throw new Error(`the verdict is ${outcome.verdict}`)
    expect(outcome.error).toMatchObject({
      code: 'ERR_TOKEN_ENCRYPTED',
      status: 401,
      error: 'invalid_token',
      description: 'The access token is encrypted, which this resource server does not accept',
    })
    expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
  },
)

ruleForEach(
  'JWE-02',
  {
    'unsecured token': () => servers().authorizationServer.mint({}, { signature: 'none' }),
    'bare set of claims': async () => takeApart(await servers().authorizationServer.mint()).payload,
    'good token': () => servers().authorizationServer.mint(),
  },
  'refuses a %s that is encrypted to the public key of the issuer',
  async (create) => {
    const { authorizationServer, resourceServer } = servers()
    const encrypted = await encrypt(await create())
    expect(encrypted.split('.')).toHaveLength(5)
    expect(await verdictOn(resourceServer, encrypted)).toBe('ERR_TOKEN_ENCRYPTED')
    expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
  },
)

ruleForEach(
  ['JWE-03', 'JWE-04'],
  {
    'two billion iterations': () =>
      fiveParts({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2_147_483_647, p2s: 'AAAAAAAAAAA' }),
    'a compressed content that is large': () => {
      const bomb = deflateRawSync(Buffer.alloc(4_000_000, ' ')).toString('base64url')
      return fiveParts({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' }, '', 'AAAA', bomb)
    },
  },
  'refuses an encrypted token with %s, unread',
  async (create) => {
    const { authorizationServer, resourceServer } = servers()
    expect(await verdictOn(resourceServer, create())).toBe('ERR_TOKEN_ENCRYPTED')
    expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
  },
)

ruleForEach(
  ['JWE-03', 'JWE-04'],
  {
    'password-based encryption': { alg: 'PBES2-HS256+A128KW', p2c: 2_147_483_647, p2s: 'AAAAAAAAAAA' },
    'direct encryption with compression': { alg: 'dir', enc: 'A256GCM', zip: 'DEF' },
  },
  'refuses three parts whose header asks for %s',
  async (header) => {
    const { authorizationServer, resourceServer } = servers()
    const token = await authorizationServer.mint({}, { header })
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ALGORITHM')
    expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
  },
)

rule('JWE-01', 'tells an encrypted token that is too large by its size', async () => {
  const { authorizationServer, resourceServer } = servers()
  const large = fiveParts({ alg: 'dir', enc: 'A256GCM' }, '', 'AAAA', 'A'.repeat(16_384))
  expect(await verdictOn(resourceServer, large)).toBe('ERR_TOKEN_TOO_LARGE')
  expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
})
