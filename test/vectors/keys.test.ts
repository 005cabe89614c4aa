import { describe, expect, test } from '@jest/globals'
import { thumbprint } from '@bearward/testing'
import { createLiveDocument } from '../../packages/core/src/http/live-document.js'
import { readKeySet } from '../../packages/core/src/keys/key-set.js'
import { createKeySource } from '../../packages/core/src/keys/key-source.js'
import { createManualClock } from '../support/manual-clock.js'
import { rule, ruleForEach } from '../support/rule.js'
import { VECTORS } from './vectors.js'

ruleForEach(
  '7638-3-a',
  VECTORS.thumbprints,
  'makes the thumbprint %s',
  async ({ jwk, thumbprint: expected }) => {
    expect(await thumbprint(jwk)).toBe(expected)
    expect(await thumbprint({ ...jwk, kid: 'another', use: 'sig', alg: 'any' })).toBe(expected)
    const reversed = Object.entries(jwk).reverse() as [string, string][]
    expect(await thumbprint({ kty: '', ...Object.fromEntries(reversed) })).toBe(expected)
  },
)

describe(VECTORS.keySet.source, () => {
  const { keys } = VECTORS.keySet.jwks
  /** The `kid` of the key that a token is verified with, where the first candidate verifies; or the code of the refusal. */
  const find = async (alg: string, kid: string | undefined, published: readonly unknown[] = keys) => {
    const content = await readKeySet({ keys: published })
    const keySet = createLiveDocument(
      () => Promise.resolve({ content, validator: undefined, lifetime: undefined }),
      { refreshInterval: 600, longestLifetime: 600, staleWindow: 0, waitLimit: 3 },
      createManualClock(),
      () => undefined,
    )
    const keySource = createKeySource(keySet, () => Promise.resolve(), 3, createManualClock())
    try {
      return (await keySource.find({ alg, kid, issuedAt: undefined }, () => Promise.resolve(true)))?.kid
    } catch (error) {
      return (error as { code: string }).code
    }
  }

  rule('7517-4.2-a', 'never selects the key for encryption of RFC 7517, A.1', async () => {
    expect(await find('ES256', '1')).toBe('ERR_TOKEN_KEY')
    expect(await find('ES256', undefined)).toBe('ERR_TOKEN_KEY')
    const forSigning = keys.map((key) => ({ ...key, use: 'sig' }))
    expect(await find('ES256', '1', forSigning)).toBe('1')
  })

  test('selects the RSA key for RS256, which it names, and for nothing else', async () => {
    expect(await find('RS256', '2011-04-29')).toBe('2011-04-29')
    expect(await find('RS256', undefined)).toBe('2011-04-29')
    expect(await find('RS256', '1')).toBe('ERR_TOKEN_KEY')
    expect(await find('PS256', '2011-04-29')).toBe('ERR_TOKEN_KEY')
  })
})
