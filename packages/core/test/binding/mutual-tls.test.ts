import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { CertificateField } from '../../src/binding/certificate-field.js'
import { checkCertificate, type CertificateSource } from '../../src/binding/mutual-tls.js'
import type { ProtectedResourceRequest } from '../../src/request.js'
import { verdictOf } from './refused.js'

const DER = Buffer.from('a certificate')
const THUMBPRINT = createHash('sha256').update(DER).digest('base64url')
const MISSING = 'ERR_CERTIFICATE_MISSING:'

/** A request over a connection, perhaps with fields, and what was written into the response. */
function createRequest(
  connection: Partial<ReturnType<NonNullable<ProtectedResourceRequest['connection']>>> | undefined,
  fields: Readonly<Record<string, readonly string[]>> = {},
) {
  const written: string[] = []
  const request = {
    fieldValues: (name: string) => fields[name] ?? [],
    setResponseField: (name: string, value: string) => void written.push(`${name}: ${value}`),
    ...(connection && { connection: () => connection }),
  } as unknown as ProtectedResourceRequest
  return { request, written }
}

describe('the certificate of the socket', () => {
  const socket: CertificateSource = { from: 'socket', allowsTls12: false }
  const judge = (connection: Parameters<typeof createRequest>[0], thumbprint = THUMBPRINT) => {
    const { request, written } = createRequest(connection && { tlsVersion: 'TLSv1.3', ...connection })
    return verdictOf(() => checkCertificate(request, thumbprint, socket)).finally(() =>
      expect(written).toEqual([]),
    )
  }

  test('is the one that the token names', async () => {
    expect(await judge({ certificate: DER })).toBe('accepted')
    expect(await judge({ certificate: Buffer.from('another') })).toBe('ERR_CERTIFICATE_BINDING')
    expect(await judge({ certificate: DER }, THUMBPRINT.slice(1))).toBe('ERR_CERTIFICATE_BINDING')
    expect(await judge({ certificate: DER }, `${THUMBPRINT}A`)).toBe('ERR_CERTIFICATE_BINDING')
    expect(await judge({ certificate: DER }, '')).toBe('ERR_CERTIFICATE_BINDING')
  })

  test('counts over TLS 1.3 alone, unless that is said', async () => {
    const { request } = createRequest({ certificate: DER, tlsVersion: 'TLSv1.2' })
    const verdictWith = (allowsTls12: boolean) =>
      verdictOf(() => checkCertificate(request, THUMBPRINT, { from: 'socket', allowsTls12 }))
    expect(await verdictWith(false)).toMatch(`${MISSING} The connection is not of TLS 1.3`)
    expect(await verdictWith(true)).toBe('accepted')
    expect(await judge({ certificate: DER, tlsVersion: undefined })).toBe(
      `${MISSING} The connection does not say its tlsVersion`,
    )
  })

  test.each([undefined, {}, { certificate: undefined }, { certificate: new Uint8Array() }])(
    'is missing where there is none: %j',
    async (connection) => {
      expect(await judge(connection)).toBe(`${MISSING} The TLS connection has none`)
    },
  )
})

/** What a proxy sends of the certificate, and the name that `Vary` has for it. */
const FIELDS: readonly (readonly [CertificateField, string, string])[] = [
  ['client-cert', `:${DER.toString('base64')}:`, 'Client-Cert'],
  [
    'x-ssl-client-cert',
    encodeURIComponent(`-----BEGIN CERTIFICATE-----\n${DER.toString('base64')}\n-----END CERTIFICATE-----\n`),
    'X-SSL-Client-Cert',
  ],
  [
    'x-forwarded-client-cert',
    `Hash=${Buffer.from(THUMBPRINT, 'base64url').toString('hex')}`,
    'X-Forwarded-Client-Cert',
  ],
]

describe.each(FIELDS)('the certificate in %s', (from, value, vary) => {
  const source: CertificateSource = { from, isTrusted: (address) => address === '10.0.0.1' }
  const proxy = { remoteAddress: '10.0.0.1' }

  test('is the one that the token names, and the answer varies by it', async () => {
    const { request, written } = createRequest(proxy, { [from]: [value] })
    expect(await verdictOf(() => checkCertificate(request, THUMBPRINT, source))).toBe('accepted')
    expect(written).toEqual([`Vary: ${vary}`])
    expect(await verdictOf(() => checkCertificate(request, 'x', source))).toBe('ERR_CERTIFICATE_BINDING')
  })

  test.each([undefined, {}, { remoteAddress: undefined }, { remoteAddress: '10.0.0.2' }])(
    'is believed of a proxy alone, and not of %j',
    async (connection) => {
      const { request } = createRequest(connection, {
        [from]: [value],
      })
      expect(await verdictOf(() => checkCertificate(request, THUMBPRINT, source))).toBe(
        `${MISSING} The request is not of a proxy: see the option clientCertificates.trustedProxies`,
      )
    },
  )

  test('stands there once', async () => {
    const judge = (values: readonly string[]) => {
      const { request } = createRequest(proxy, { [from]: values })
      return verdictOf(() => checkCertificate(request, THUMBPRINT, source))
    }
    expect(await judge([])).toBe(`${MISSING} The proxy sent no ${from}`)
    for (const values of [[value, value], ['']]) {
      expect(await judge(values)).toBe(`${MISSING} The proxy did not send one certificate as ${from}`)
    }
  })

  test('is accepted where nothing can be written into the response', async () => {
    const { request } = createRequest(proxy, { [from]: [value] })
    const readOnly = { ...request, setResponseField: undefined } as unknown as ProtectedResourceRequest
    expect(await verdictOf(() => checkCertificate(readOnly, THUMBPRINT, source))).toBe('accepted')
  })
})
