import { deflateRawSync } from 'node:zlib'
import { expect } from '@jest/globals'
import { CompactEncrypt, importJWK } from 'jose'
import { takeApart } from '../support/jws.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere({ algorithms: ['RS256'] })

/** Five parts, the first of which is this header. */
function fiveParts(header: Readonly<Record<string, unknown>>, ...rest: readonly string[]): string {
  const [key = 'AAAA', iv = 'AAAA', ciphertext = 'AAAA', tag = 'AAAA'] = rest
  return [Buffer.from(JSON.stringify(header)).toString('base64url'), key, iv, ciphertext, tag].join('.')
}

/** Encrypts to the public key of the authorization server, as anybody can. */
async function encrypt(content: string | Uint8Array): Promise<string> {
  const [jwk = {}] = everywhere().authorizationServer.keySet().keys
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
  'refuses everywhere an encrypted token with %s, and gives no reason but that',
  async (create) => {
    await everywhere().refuses({ attack: await create(), code: 'ERR_TOKEN_ENCRYPTED' })
  },
)

ruleForEach(
  'JWE-02',
  {
    'unsecured token': () => everywhere().authorizationServer.mint({}, { signature: 'none' }),
    'bare set of claims': async () => takeApart(await everywhere().authorizationServer.mint()).payload,
    'good token': () => everywhere().authorizationServer.mint(),
  },
  'refuses everywhere a %s that is encrypted to the public key of the issuer',
  async (create) => {
    const attack = await encrypt(await create())
    expect(attack.split('.')).toHaveLength(5)
    await everywhere().refuses({ attack, code: 'ERR_TOKEN_ENCRYPTED' })
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
  'refuses everywhere an encrypted token with %s, unread',
  async (create) => {
    await everywhere().refuses({ attack: create(), code: 'ERR_TOKEN_ENCRYPTED' })
  },
)

ruleForEach(
  ['JWE-03', 'JWE-04'],
  {
    'password-based encryption': { alg: 'PBES2-HS256+A128KW', p2c: 2_147_483_647, p2s: 'AAAAAAAAAAA' },
    'direct encryption with compression': { alg: 'dir', enc: 'A256GCM', zip: 'DEF' },
  },
  'refuses everywhere three parts whose header asks for %s',
  async (header) => {
    const attack = await everywhere().authorizationServer.mint({}, { header })
    await everywhere().refuses({ attack, code: 'ERR_TOKEN_ALGORITHM' })
  },
)

rule('JWE-01', 'tells an encrypted token that is too large by its size', async () => {
  const attack = fiveParts({ alg: 'dir', enc: 'A256GCM' }, '', 'AAAA', 'A'.repeat(16_384))
  await everywhere().refuses({ attack, code: 'ERR_TOKEN_TOO_LARGE' })
})
