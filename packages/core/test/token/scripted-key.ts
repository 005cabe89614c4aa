import { CompactSign, exportJWK, generateKeyPair, type CompactJWSHeaderParameters } from 'jose'
import type { VerificationKey } from '../../src/keys/jwk.js'
import type { KeyHint } from '../../src/keys/key-search.js'
import type { KeySource } from '../../src/keys/key-source.js'

/** A key that signs, and with which that is verified. */
export async function createSigner(kid = '1') {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  const key: VerificationKey = { kid, algorithms: new Set(['ES256']), jwk, identity: kid }
  return {
    key,
    /** Signs this text, or JSON of this value. */
    async sign(payload: unknown, header: Partial<CompactJWSHeaderParameters> = {}): Promise<string> {
      const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
      return new CompactSign(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header })
        .sign(privateKey)
    },
  }
}

/** A source that has these keys tried one by one, and notes for which tokens it was asked. */
export function createScriptedKeys(...keys: readonly VerificationKey[]) {
  const hints: KeyHint[] = []
  const keySource: KeySource = {
    async find(hint, verifies) {
      hints.push(hint)
      for (const key of keys) if (await verifies(key)) return key
      return undefined
    },
  }
  return { hints, keySource }
}
