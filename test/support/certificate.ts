import type { KeyObject } from 'node:crypto'
import { createCertificate } from '@bearward/testing'

/**
 * Makes a self-signed certificate for a P-256 key, with no names in it.
 *
 * @param _publicKey Of the private key.
 *
 * @returns DER.
 */
export function selfSign(_publicKey: KeyObject, privateKey: KeyObject): Buffer {
  return Buffer.from(createCertificate(String(privateKey.export({ format: 'pem', type: 'pkcs8' }))).der)
}
