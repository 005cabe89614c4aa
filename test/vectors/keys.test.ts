import { describe, expect, test } from '@jest/globals'
import { thumbprint } from '@bearward/testing'
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
  const find = async (alg: string, kid: string | undefined, published: readonly unknown[] = keys) => {
    const keySource = createKeySource(() => Promise.resolve({ keys: published }), createManualClock())
    try {
      return (await keySource.find({ alg, kid })).map((key) => key.kid)
    } catch (error) {
      return (error as { code: string }).code
    }
  }

  rule('7517-4.2-a', 'never selects the key for encryption of RFC 7517, A.1', async () => {
    expect(await find('ES256', '1')).toBe('ERR_TOKEN_KEY')
    expect(await find('ES256', undefined)).toBe('ERR_TOKEN_KEY')
    const forSigning = keys.map((key) => ({ ...key, use: 'sig' }))
    expect(await find('ES256', '1', forSigning)).toEqual(['1'])
  })

  test('selects the RSA key for RS256, which it names, and for nothing else', async () => {
    expect(await find('RS256', '2011-04-29')).toEqual(['2011-04-29'])
    expect(await find('RS256', undefined)).toEqual(['2011-04-29'])
    expect(await find('RS256', '1')).toBe('ERR_TOKEN_KEY')
    expect(await find('PS256', '2011-04-29')).toBe('ERR_TOKEN_KEY')
  })
})
