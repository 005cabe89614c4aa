import { X509Certificate } from 'node:crypto'
import { expect } from '@jest/globals'
import type { CommonOptions } from '@bearward/core'
import { requestFrom } from '../../support/mutual-tls.js'
import { judge, verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()
const PROXY = '10.0.0.7'
const FROM_FIELD: CommonOptions = {
  clientCertificates: { from: 'client-cert', trustedProxies: ['10.0.0.0/24'] },
}

/** RFC 9440, appendix A, figure 3. */
const CLIENT_CERT =
  ':MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVybWVkaWF0ZSBDQTAeFw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3YC8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=:'
const THUMBPRINT = 'v68ffgcPn6jdYpBfFY2nP4ShE2Yk-6_Mk5PI9yh6aes'
const PEM = new X509Certificate(Buffer.from(CLIENT_CERT.slice(1, -1), 'base64')).toString()

const mint = (): Promise<string> => servers().authorizationServer.mint({ cnf: { 'x5t#S256': THUMBPRINT } })

async function verdict(
  value: string | readonly string[] | undefined,
  { from = PROXY, options = FROM_FIELD, more = {} } = {},
): Promise<string> {
  const fields = { ...(value !== undefined && { 'client-cert': value }), ...more }
  return verdictOn(servers().protect(options), requestFrom(from, await mint(), fields))
}

ruleForEach(
  '9440-2.2-a',
  {
    PEM: PEM.replaceAll('\n', ''),
    'URL-encoded PEM': encodeURIComponent(PEM),
    'a list of two': `${CLIENT_CERT}, ${CLIENT_CERT}`,
    'two field lines': [CLIENT_CERT, CLIENT_CERT],
    'base64 without colons': CLIENT_CERT.slice(1, -1),
    'a certificate cut short': `${CLIENT_CERT.slice(0, 101)}:`,
  },
  'takes one byte sequence, and not %s',
  async (value) => {
    expect(await verdict(value)).toMatch(/^ERR_CERTIFICATE_(?:MISSING|BINDING)$/)
    expect(await verdict(CLIENT_CERT)).toBe('accepted')
  },
)

rule('9440-2.3-a', 'takes no certificate from a chain', async () => {
  const more = { 'client-cert-chain': CLIENT_CERT }
  expect(await verdict(undefined, { more })).toBe('ERR_CERTIFICATE_MISSING')
  expect(await verdict(CLIENT_CERT, { more: { 'client-cert-chain': ':AAAA:' } })).toBe('accepted')
})

ruleForEach(
  ['9440-2.4-a', '9440-4-a'],
  { 'the client': '203.0.113.9', 'a neighbour of the proxy': '10.0.1.7', nobody: undefined },
  'believes the proxies that are configured, and not %s',
  async (from) => {
    const fields = { 'client-cert': CLIENT_CERT, 'x-forwarded-for': PROXY }
    const resourceServer = servers().protect(FROM_FIELD)
    const token = await mint()
    expect(await verdictOn(resourceServer, requestFrom(from, token, fields))).toBe('ERR_CERTIFICATE_MISSING')
    expect(await verdictOn(resourceServer, requestFrom(PROXY, token, fields))).toBe('accepted')
  },
)

ruleForEach<CommonOptions>(
  '9440-4-a',
  {
    'nothing is configured': {},
    'the certificate is that of the socket': { clientCertificates: { from: 'socket' } },
    'it is in another field': {
      clientCertificates: { from: 'x-ssl-client-cert', trustedProxies: ['10.0.0.0/24'] },
    },
  },
  'does not look at the field where %s',
  async (options) => {
    expect(await verdict(CLIENT_CERT, { options })).toMatch(
      /^ERR_(?:TOKEN_SENDER_CONSTRAINED|CERTIFICATE_MISSING)$/,
    )
    expect(await verdict(CLIENT_CERT)).toBe('accepted')
  },
)

rule('9440-2.4-b', 'has the answer vary by the field, and refusals not kept', async () => {
  const set: string[][] = []
  const resourceServer = servers().protect(FROM_FIELD)
  const request = {
    ...requestFrom(PROXY, await mint(), { 'client-cert': CLIENT_CERT }),
    setResponseField: (name: string, value: string) => void set.push([name, value]),
  }
  expect(await verdictOn(resourceServer, request)).toBe('accepted')
  expect(set).toEqual([['Vary', 'Client-Cert']])
  const refused = await judge(resourceServer, requestFrom(PROXY, await mint()))
  expect(refused).toMatchObject({ error: { headers: { 'Cache-Control': 'no-store' } } })
})
