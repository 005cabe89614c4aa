import { createHash } from 'node:crypto'

/** A field in which a proxy says what certificate the client has. */
export type CertificateField = 'client-cert' | 'x-forwarded-client-cert' | 'x-ssl-client-cert'

const PEM = /^-----BEGIN CERTIFICATE-----\r?\n(?<content>[A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE-----\s*$/
/** One pair of an element: its value is a token, or a quoted string. */
const PAIR = /(?<name>[A-Za-z]+)=(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^",;]*))(?<end>;|$)/gy

/**
 * Reads the thumbprint of the one certificate in a field value.
 *
 * The certificate itself is not parsed: whatever bytes have the thumbprint that a token names are its certificate.
 *
 * @returns SHA-256 of its DER encoding, base64url; `undefined` where there is not exactly one in the form of this field
 */
export function readThumbprint(field: CertificateField, value: string): string | undefined {
  return READERS[field](value)
}

/** The thumbprint of a certificate in DER (RFC 8705, section 3.1). */
export function certificateThumbprint(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('base64url')
}

const READERS: Readonly<Record<CertificateField, (value: string) => string | undefined>> = {
  'client-cert': readByteSequence,
  'x-ssl-client-cert': readEscapedPem,
  'x-forwarded-client-cert': readElement,
}

/** A byte sequence (RFC 9440, section 2.2; RFC 8941, section 3.3.5), and no list of them. */
function readByteSequence(value: string): string | undefined {
  const content = /^:(?<content>[^:]+):$/.exec(value)?.groups?.['content']
  return content === undefined ? undefined : readBase64(content)
}

/** `+` stands for itself: this is no form. A chain is refused: nobody says which of its certificates is the client's. */
function readEscapedPem(value: string): string | undefined {
  let text: string
  try {
    text = decodeURIComponent(value)
  } catch {
    return undefined
  }
  const content = PEM.exec(text)?.groups?.['content']
  return content === undefined ? undefined : readBase64(content.replace(/[\r\n]/g, ''))
}

/**
 * One element of Envoy's field: pairs with semicolons between them. Several elements are of several proxies, and only the
 * network knows which of them to believe. Where both are there, they say the same.
 */
function readElement(value: string): string | undefined {
  const pairs = parseElement(value)
  const [hash, certificate] = [pairs?.get('hash'), pairs?.get('cert')]
  const byHash = hash === undefined ? undefined : readHash(hash)
  const byCertificate = certificate === undefined ? undefined : readEscapedPem(certificate)
  if (hash !== undefined && certificate !== undefined && byHash !== byCertificate) return undefined
  return byHash ?? byCertificate
}

function readHash(hash: string): string | undefined {
  return /^[0-9a-f]{64}$/i.test(hash) ? Buffer.from(hash, 'hex').toString('base64url') : undefined
}

/** By lower-case name; `undefined` where there is more than one element, or `Hash` or `Cert` twice. */
function parseElement(value: string): ReadonlyMap<string, string> | undefined {
  const pairs = new Map<string, string>()
  let end = 0
  for (const { 0: whole, groups } of value.matchAll(PAIR)) {
    const name = String(groups?.['name']).toLowerCase()
    if (pairs.has(name) && (name === 'hash' || name === 'cert')) return undefined
    pairs.set(name, groups?.['plain'] ?? String(groups?.['quoted']).replace(/\\(.)/g, '$1'))
    end += whole.length
  }
  return end === value.length ? pairs : undefined
}

/** In its one canonical spelling. */
function readBase64(content: string): string | undefined {
  const der = Buffer.from(content, 'base64')
  return der.length > 0 && der.toString('base64') === content ? certificateThumbprint(der) : undefined
}
