import { X509Certificate } from 'node:crypto'
import { expect } from '@jest/globals'
import { createCertificate } from '@bearward/testing'
import express from 'express'
import { requireToken } from '@bearward/express'
import { requestFrom, withTlsServer } from '../../support/mutual-tls.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()
const FROM_SOCKET = { clientCertificates: { from: 'socket' } } as const

/** RFC 8705, appendix A: self-signed, and expired since 2022-05-02. */
const PEM = `-----BEGIN CERTIFICATE-----
MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx
ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ
/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID
SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV
bUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=
-----END CERTIFICATE-----
`
const THUMBPRINT = 'A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0'

const mintFor = (thumbprint: unknown): Promise<string> =>
  servers().authorizationServer.mint({ cnf: { 'x5t#S256': thumbprint } })

rule(
  ['8705-3-a', '8705-3-b'],
  'accepts a bound token over TLS with its certificate, and with no other',
  async () => {
    const [own, other] = [createCertificate(), createCertificate()]
    const app = express()
    app.use(requireToken(servers().protect(FROM_SOCKET)))
    app.get('/me', (req, res) => void res.json({ scheme: req.auth.scheme }))
    const token = await mintFor(own.thumbprint)
    await withTlsServer(app, async (send) => {
      const accepted = await send({ token, certificate: own })
      expect([accepted.status, accepted.body]).toEqual([200, '{"scheme":"Bearer"}'])
      for (const [certificate, text] of [
        [other, 'The access token is bound to another client certificate'],
        [undefined, 'The access token is bound to a client certificate, and there is none'],
      ] as const) {
        const refused = await send({ token, ...(certificate && { certificate }) })
        expect([refused.status, refused.headers['www-authenticate']]).toEqual([
          401,
          `Bearer realm="protected resource", error="invalid_token", error_description="${text}"`,
        ])
      }
      expect((await send({ token, certificate: own })).status).toBe(200)
    })
  },
)

rule('8705-3.1-a', 'makes the thumbprint of appendix A, of the DER encoding', async () => {
  const { raw } = new X509Certificate(PEM)
  const resourceServer = servers().protect(FROM_SOCKET)
  const token = await mintFor(THUMBPRINT)
  expect(await verdictOn(resourceServer, requestFrom('127.0.0.1', token, {}, raw))).toBe('accepted')
  expect(await verdictOn(resourceServer, requestFrom('127.0.0.1', token, {}, Buffer.from(PEM)))).toBe(
    'ERR_CERTIFICATE_BINDING',
  )
})

ruleForEach(
  '8705-3.1-b',
  {
    'a number': 5,
    null: null,
    'hexadecimal digits': Buffer.from(THUMBPRINT, 'base64url').toString('hex'),
    padding: `${THUMBPRINT}=`,
    'the standard alphabet': `${THUMBPRINT.slice(0, -1)}+`,
    'the first half': THUMBPRINT.slice(0, 22),
    'an empty text': '',
    'a list': [THUMBPRINT],
  },
  'takes a thumbprint that is %s for no thumbprint',
  async (thumbprint) => {
    const { raw } = new X509Certificate(PEM)
    const resourceServer = servers().protect(FROM_SOCKET)
    const verdict = async (value: unknown) =>
      verdictOn(resourceServer, requestFrom('127.0.0.1', await mintFor(value), {}, raw))
    expect(await verdict(thumbprint)).toBe('ERR_TOKEN_SENDER_CONSTRAINED')
    expect(await verdict(THUMBPRINT)).toBe('accepted')
  },
)

rule('8705-3.1-b', 'compares texts: one whose last character has spare bits is another', async () => {
  const { raw } = new X509Certificate(PEM)
  const spare = `${THUMBPRINT.slice(0, -1)}1` // decodes to the same bytes
  const resourceServer = servers().protect(FROM_SOCKET)
  const request = requestFrom('127.0.0.1', await mintFor(spare), {}, raw)
  expect(await verdictOn(resourceServer, request)).toBe('ERR_CERTIFICATE_BINDING')
})

rule('8705-6.2-a', 'asks nobody whether a certificate is believed, or has expired', async () => {
  const { raw, validTo, checkIssued } = new X509Certificate(PEM)
  expect(Date.parse(validTo)).toBeLessThan(Date.now())
  expect(typeof checkIssued).toBe('function')
  const request = requestFrom('127.0.0.1', await mintFor(THUMBPRINT), {}, raw)
  expect(await verdictOn(servers().protect(FROM_SOCKET), request)).toBe('accepted')
})

rule(
  '8705-6.3-a',
  'refuses a token when the client has another certificate, also for the same key',
  async () => {
    const earlier = createCertificate()
    const later = createCertificate(earlier.key)
    const resourceServer = servers().protect(FROM_SOCKET)
    const [old, renewed] = [await mintFor(earlier.thumbprint), await mintFor(later.thumbprint)]
    const verdict = (token: string) =>
      verdictOn(resourceServer, requestFrom('127.0.0.1', token, {}, later.der))
    expect(await verdict(old)).toBe('ERR_CERTIFICATE_BINDING')
    expect(await verdict(renewed)).toBe('accepted')
  },
)

rule('8705-3-a', 'looks at the certificate with each request, whatever it knows of the token', async () => {
  const [own, other] = [createCertificate(), createCertificate()]
  const resourceServer = servers().protect(FROM_SOCKET)
  const token = await mintFor(own.thumbprint)
  for (let time = 0; time < 4; time += 1) {
    const verdicts = [own.der, other.der, undefined].map((der) =>
      verdictOn(resourceServer, requestFrom('127.0.0.1', token, {}, der)),
    )
    expect(await Promise.all(verdicts)).toEqual([
      'accepted',
      'ERR_CERTIFICATE_BINDING',
      'ERR_CERTIFICATE_MISSING',
    ])
  }
})
