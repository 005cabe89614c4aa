import {
  readThumbprint,
  type CertificateField,
} from '../../../packages/core/src/binding/certificate-field.js'
import { createProofCheck } from '../../../packages/core/src/binding/dpop.js'
import { createNonces } from '../../../packages/core/src/binding/nonce.js'
import { isTargetOf } from '../../../packages/core/src/binding/target.js'
import { parseAddressRanges } from '../../../packages/core/src/config/address-range.js'
import { createManualClock } from '../../support/manual-clock.js'
import { requestWith } from '../../support/request.js'
import { NOW } from '../reference/rules.js'
import { createEd25519Key } from '../support/keys.js'
import { hashOf, publicJwkOf, thumbprintOf } from '../support/proofs.js'
import type { Growing } from './growing.js'
import { SECRETS } from './proofs.js'

const ORIGIN = 'https://api.example.com'
const [BEGIN, END] = ['-----BEGIN%20CERTIFICATE-----%0A', '-----END%20CERTIFICATE-----']
const KEY = createEd25519Key(9, 'client')
const clock = createManualClock(NOW)
const nonces = createNonces(SECRETS, clock)

/** The same of what shows who sends a token. */
export const GROWING_BINDINGS: Readonly<Record<string, Growing>> = {
  'target: the same text': target((size) => ['/a'.repeat(size / 2), '/a'.repeat(size / 2)]),
  'target: dot segments in htu': target((size) => ['/a'.repeat(size / 5), '/./a/x/..'.repeat(size / 9)]),
  'target: dot segments that lead out': target((size) => ['/', '/..'.repeat(size / 3)]),
  'target: percent signs': target((size) =>
    ['%7e'.repeat(size / 3), '~'.repeat(size)].map((path) => `/${path}`),
  ),
  'target: slashes': target((size) => ['/'.repeat(size), `${'/'.repeat(size)}%`]),
  'target: a query': target((size) => ['/', `/?${'?'.repeat(size)}"`]),
  'target: an absolute one': target((size) => [`${ORIGIN}/${'%7e'.repeat(size / 3)}`, '/']),
  'target: a host': (size) => () => isTargetOf(`https://${'a%61'.repeat(size / 4)}/`, [ORIGIN], '/%61'),
  'client-cert: base64': field('client-cert', (size) => `:${'A'.repeat(size - (size % 4))}:`),
  'client-cert: no end': field('client-cert', (size) => `:${'A'.repeat(size)}`),
  'x-ssl-client-cert: base64': field('x-ssl-client-cert', (size) => `${BEGIN}${'A'.repeat(size)}${END}`),
  'x-ssl-client-cert: line breaks': field(
    'x-ssl-client-cert',
    (size) => BEGIN + '%0A'.repeat(size / 3) + END,
  ),
  'x-ssl-client-cert: spaces behind it': field(
    'x-ssl-client-cert',
    (size) => `${BEGIN}AA==${END}${'%20'.repeat(size / 3)}x`,
  ),
  'x-ssl-client-cert: no end': field('x-ssl-client-cert', (size) => BEGIN + '%0D%0A'.repeat(size / 6)),
  'x-forwarded-client-cert: pairs': field('x-forwarded-client-cert', (size) => 'URI=a;'.repeat(size / 6)),
  'x-forwarded-client-cert: letters': field('x-forwarded-client-cert', (size) => 'a'.repeat(size)),
  'x-forwarded-client-cert: a quote': field('x-forwarded-client-cert', (size) => `Cert="${'a'.repeat(size)}`),
  'x-forwarded-client-cert: backslashes': field(
    'x-forwarded-client-cert',
    (size) => `Cert="${'\\"'.repeat(size / 2)}`,
  ),
  'x-forwarded-client-cert: quotes': field(
    'x-forwarded-client-cert',
    (size) => 'a="";'.repeat(size / 5) + '"',
  ),
  'address: colons': address((size) => ':'.repeat(size)),
  'address: digits': address((size) => '1'.repeat(size)),
  'address: groups': address((size) => '1:'.repeat(size / 2)),
  'address: a zone': address((size) => `fe80::1%${'%'.repeat(size)}`),
  'addresses: ranges': (size) => {
    const ranges = Array.from({ length: size / 100 }, (_, index) => `10.0.${String(index & 255)}.0/24`)
    return () => parseAddressRanges(ranges, 'trustedProxies')
  },
  'nonce: a text': (size) => {
    const text = 'A'.repeat(size)
    return () => nonces.findTime(text)
  },
  'proof: one that is too large': proof((size) => ({ padding: 'x'.repeat(size) })),
  'proof: dots': (size) => check('.'.repeat(size)),
  'proof: a host': (size) => check(prove({}), { host: `${'a%61'.repeat(size / 4)}/` }),
}

function target(make: (size: number) => readonly string[]): Growing {
  return (size) => {
    const [received = '', claimed = ''] = make(size)
    return () => isTargetOf(ORIGIN + claimed, [ORIGIN], received)
  }
}

function field(name: CertificateField, make: (size: number) => string): Growing {
  return (size) => {
    const value = make(size)
    return () => readThumbprint(name, value)
  }
}

function address(make: (size: number) => string): Growing {
  const isTrusted = parseAddressRanges(['10.0.0.0/8', 'fe80::/10'], 'trustedProxies')
  return (size) => {
    const text = make(size)
    return () => isTrusted(text)
  }
}

function proof(make: (size: number) => object): Growing {
  return (size) => check(prove(make(size)))
}

function prove(members: object): string {
  const header = { typ: 'dpop+jwt', alg: KEY.alg, jwk: publicJwkOf(KEY) }
  const claims = { htm: 'GET', htu: `${ORIGIN}/stats`, jti: '1', iat: NOW, ath: hashOf('token'), ...members }
  return KEY.sign(Buffer.from(JSON.stringify(header)), Buffer.from(JSON.stringify(claims)))
}

/** By a resource server that believes the `Host` field. */
function check(text: string, fields: Readonly<Record<string, string>> = {}): () => unknown {
  const checkProof = createProofCheck({
    origins: undefined,
    algorithms: new Set([KEY.alg]),
    maxAge: 60,
    nonces: undefined,
    replayStore: { add: () => true },
    clock,
  })
  const request = requestWith({ dpop: text, ...fields })
  return () => checkProof(request, 'token', thumbprintOf(KEY.jwk)).catch((error: unknown) => error)
}
