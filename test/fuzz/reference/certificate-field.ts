import { createHash } from 'node:crypto'
import { referenceBase64 } from './base64url.js'

const [BEGIN, END] = ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----']

/**
 * The thumbprint (RFC 8705, section 3.1) of the one certificate that a proxy names in a field; `undefined` where there is not
 * exactly one.
 *
 * Whether it is a certificate, nobody asks: whatever has the thumbprint is it. Strict on purpose: `base64 in one spelling`,
 * `not empty`, and what the readers below name.
 */
export const REFERENCE_FIELDS = {
  'client-cert': readByteSequence,
  'x-ssl-client-cert': readEscapedPem,
  'x-forwarded-client-cert': readElement,
} as const

/** RFC 9440, section 2.2, and RFC 8941, section 3.3.5. Strict on purpose: `no parameters`, `no spaces`. */
function readByteSequence(value: string): string | undefined {
  return value.length > 1 && value.startsWith(':') && value.endsWith(':')
    ? toThumbprint(referenceBase64(value.slice(1, -1)))
    : undefined
}

/** RFC 7468, sections 2 and 5.1, percent-encoded (RFC 3986, section 2.1). Strict on purpose: `no text around it`. */
function readEscapedPem(value: string): string | undefined {
  const text = decodePercent(value)
  const end = text?.indexOf(END) ?? -1
  if (text === undefined || end === -1 || !text.startsWith(BEGIN)) return undefined
  const content = text.slice(BEGIN.length, end)
  const isAlone = /^\r?\n/.test(content) && text.slice(end + END.length).trim() === ''
  return isAlone ? toThumbprint(referenceBase64(content.replace(/[\r\n]/g, ''))) : undefined
}

/** One byte at a time. */
function decodePercent(text: string): string | undefined {
  const bytes: number[] = []
  for (let at = 0; at < text.length; at += 1) {
    const digits = text.slice(at + 1, at + 3)
    if (text.charAt(at) !== '%') bytes.push(...Buffer.from(text.charAt(at)))
    else if (/^[0-9a-fA-F]{2}$/.test(digits)) bytes.push(parseInt(digits, 16))
    else return undefined
    if (text.charAt(at) === '%') at += 2
  }
  const decoded = Buffer.from(bytes).toString()
  return Buffer.from(decoded).equals(Buffer.from(bytes)) ? decoded : undefined
}

/**
 * `x-forwarded-client-cert`, as the documentation of Envoy has it: one element, of pairs. Strict on purpose: `one proxy`,
 * `Hash and Cert once each`, `they say the same`, `what is there is well-formed`.
 */
function readElement(value: string): string | undefined {
  const pairs = readPairs(value)
  const said = (pairs ?? [])
    .filter(([name]) => name === 'hash' || name === 'cert')
    .map(([name, text]) => ({ name, thumbprint: name === 'hash' ? readHash(text) : readEscapedPem(text) }))
  const [first, second, ...others] = said
  if (others.length > 0 || (second !== undefined && second.name === first?.name)) return undefined
  return second === undefined || second.thumbprint === first?.thumbprint ? first?.thumbprint : undefined
}

/** A value is a quoted string, or holds no quote, comma and semicolon; the last pair may end with a semicolon, too. */
function readPairs(value: string): readonly (readonly [name: string, text: string])[] | undefined {
  const pairs: (readonly [string, string])[] = []
  let at = 0
  while (at < value.length) {
    const equals = value.indexOf('=', at)
    const name = value.slice(at, equals)
    if (equals === -1 || name === '' || /[^A-Za-z]/.test(name)) return undefined
    at = equals + 1
    let text = ''
    const isQuoted = value.charAt(at) === '"'
    if (isQuoted) at += 1
    while (at < value.length && !(isQuoted ? '"' : '",;').includes(value.charAt(at))) {
      if (isQuoted && value.charAt(at) === '\\') at += 1
      text += value.charAt(at)
      at += 1
    }
    if (isQuoted) {
      if (value.charAt(at) !== '"') return undefined
      at += 1
    }
    if (at < value.length && value.charAt(at) !== ';') return undefined
    at += 1
    pairs.push([name.toLowerCase(), text])
  }
  return pairs
}

function readHash(text: string): string | undefined {
  return /^[0-9A-Fa-f]{64}$/.test(text) ? Buffer.from(text, 'hex').toString('base64url') : undefined
}

function toThumbprint(der: Uint8Array | undefined): string | undefined {
  if (der === undefined || der.length === 0) return undefined
  return createHash('sha256').update(der).digest('base64url')
}
