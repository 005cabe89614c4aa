import { createHash } from 'node:crypto'
import {
  readThumbprint,
  type CertificateField,
} from '../../../packages/core/src/binding/certificate-field.js'
import { REFERENCE_FIELDS } from '../reference/certificate-field.js'
import { bytesOf, pick, seldom, type Chance } from '../support/chance.js'
import type { Target } from '../support/target.js'
import { changed } from './spelling.js'

const FIELDS = Object.keys(REFERENCE_FIELDS) as readonly CertificateField[]
const WORDS: Readonly<Record<CertificateField, readonly string[]>> = {
  'client-cert': [':', ':;a=b', ', :AA==:', '=', '==', ' ', 'AA==', '-_'],
  'x-ssl-client-cert': ['%0A', '%0D%0A', '%20', '%', '%C3', '%C2%A0', '+', '-----END CERTIFICATE-----', '='],
  'x-forwarded-client-cert': [
    ';',
    ',',
    '"',
    '\\',
    '\\"',
    'Hash=',
    'Cert="',
    'By=a;',
    ';URI=a',
    '=',
    'HASH=;',
    '""',
  ],
}

/** What a proxy says of the certificate of its client: which one it is, or that there is no telling. */
export const certificateField: Target = {
  name: 'certificate-field',
  weight: 12,
  leastAccepted: 0.2,
  prepare(chance) {
    const field = pick(chance, FIELDS)
    const value = asField(changed(fieldOf(field, chance), chance, WORDS[field]))
    return {
      input: { field, value },
      judge: () => toVerdict(readThumbprint(field, value)),
      expect: () => toVerdict(REFERENCE_FIELDS[field](value)),
    }
  },
}

/** A good value of this field. */
function fieldOf(field: CertificateField, chance: Chance): string {
  const der = bytesOf(chance, 1 + chance.below(60))
  if (field === 'client-cert') return `:${Buffer.from(der).toString('base64')}:`
  return field === 'x-ssl-client-cert' ? escapedPem(der, chance) : elementOf(der, chance)
}

/** As nginx has it, or Envoy: more or less of it is escaped. */
function escapedPem(der: Uint8Array, chance: Chance): string {
  const lineBreak = pick(chance, ['\n', '\n', '\r\n'])
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  const end = pick(chance, ['', lineBreak])
  const pem = ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join(lineBreak) + end
  const escape = pick(chance, [
    encodeURIComponent,
    (text: string) => text.replace(/[\r\n ]/g, encodeURIComponent),
  ])
  const text = seldom(chance, 6) ? changed(pem, chance, ['\n', '\r', ' ', '-----']) : pem
  return escape(Buffer.from(text).toString()) // without half characters
}

function elementOf(der: Uint8Array, chance: Chance): string {
  const hash = createHash('sha256')
    .update(seldom(chance, 12) ? bytesOf(chance, 4) : der)
    .digest('hex')
  const pairs = [
    ...(seldom(chance, 3) ? ['By=spiffe://cluster/ns/a'] : []),
    ...(seldom(chance, 4) ? [] : [`Hash=${seldom(chance, 4) ? hash.toUpperCase() : hash}`]),
    ...(seldom(chance, 2) ? [`Cert="${quoted(escapedPem(der, chance), chance)}"`] : []),
    ...(seldom(chance, 3) ? ['Subject="CN=\\"a, b\\";O=c"', 'URI=spiffe://a', 'URI='] : []),
  ]
  return (seldom(chance, 8) ? pairs.reverse() : pairs).join(';')
}

/** Seldom with a backslash that says nothing (RFC 9110, section 5.6.4). */
function quoted(text: string, chance: Chance): string {
  const at = chance.below(text.length)
  return seldom(chance, 8) ? `${text.slice(0, at)}\\${text.slice(at)}` : text
}

/** What HTTP can carry: visible characters, spaces and tabs, and bytes past ASCII. */
export function asField(text: string): string {
  return text.replace(/[^\t -~\x80-\xff]/g, '').trim()
}

function toVerdict(thumbprint: string | undefined) {
  return thumbprint === undefined ? { refused: 'refused' } : { accepted: thumbprint }
}
