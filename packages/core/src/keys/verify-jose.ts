import { compactVerify, errors, importJWK } from 'jose'
import type { ImportKey, VerifySignature } from './verify.js'

/** By jose, which knows a key by its identity as well. */
export const importKey: ImportKey = async (jwk, alg) => {
  await importJWK(jwk, alg)
}

/** With Web Crypto, through jose: for runtimes that are not Node.js. */
export const verifySignature: VerifySignature = async (jwk, alg, { compact }) => {
  try {
    await compactVerify(compact, jwk, { algorithms: [alg] })
    return true
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return false
    throw error
  }
}
