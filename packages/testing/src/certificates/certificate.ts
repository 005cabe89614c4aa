import { createHash, createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { selfSign } from './self-sign.js'

/** A self-signed certificate and its key, for TLS. */
export interface Certificate {
  /** PEM, as the option `cert` of `node:tls` and `node:https` takes it. */
  readonly cert: string
  /** PEM of the private key, as the option `key` takes it. */
  readonly key: string
  readonly der: Uint8Array
  /** SHA-256, base64url: `cnf: { 'x5t#S256': certificate.thumbprint }` binds an access token to it (RFC 8705). */
  readonly thumbprint: string
}

/**
 * Makes a certificate that nobody has issued, for P-256: of a client, or of a server that its clients need not believe. It
 * was good from 2020 on, and has no names.
 *
 * @param key PEM of the private key. Default: a new one.
 *
 * @example
 *   const certificate = createCertificate()
 *   const token = await authorizationServer.mint({ cnf: { 'x5t#S256': certificate.thumbprint } })
 *   const agent = new https.Agent({ cert: certificate.cert, key: certificate.key, rejectUnauthorized: false })
 */
export function createCertificate(key: string = generateKey()): Certificate {
  const publicKey = createPublicKey(key)
  const der = selfSign(publicKey, key, randomBytes(8))
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`,
    key,
    der,
    thumbprint: createHash('sha256').update(der).digest('base64url'),
  }
}

function generateKey(): string {
  const { privateKey }: { privateKey: KeyObject } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return String(privateKey.export({ format: 'pem', type: 'pkcs8' }))
}
