import { constants, createHash } from 'node:crypto'
import { connect } from 'node:tls'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type ServerOptions } from 'node:https'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect } from '@jest/globals'
import type { CommonOptions } from '@bearward/core'
import { createCertificate, type Certificate } from '@bearward/testing'
import { ADAPTERS, type Api } from '../support/apis.js'
import { withTlsServer } from '../support/mutual-tls.js'
import { sendRaw } from '../support/raw.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const servers = useServers()
const FIELDS = ['client-cert', 'x-ssl-client-cert', 'x-forwarded-client-cert'] as const

const hexOf = (certificate: Certificate): string =>
  Buffer.from(certificate.thumbprint, 'base64url').toString('hex')
const base64Of = (certificate: Certificate): string => Buffer.from(certificate.der).toString('base64')

/** What a proxy writes into each field. */
const VALUES = {
  'client-cert': (certificate: Certificate) => `:${base64Of(certificate)}:`,
  'x-ssl-client-cert': ({ cert }: Certificate) => encodeURIComponent(cert),
  'x-forwarded-client-cert': (certificate: Certificate) =>
    `By=spiffe://a;Hash=${hexOf(certificate)};Subject="CN=\\"a, b\\""`,
}

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  let codes: string[]
  let certificate: Certificate
  let token: string
  beforeEach(async () => {
    codes = []
    certificate = createCertificate()
    token = await servers().authorizationServer.mint({ cnf: { 'x5t#S256': certificate.thumbprint } })
  })

  const createBoundApi = (options: CommonOptions): Api =>
    createApi(servers().protect({ ...options, onRefusal: ({ code }) => void codes.push(code) }))

  /** The status of a request to an API behind a proxy on this machine. */
  const sendFields = async (
    api: Api,
    fields: readonly (readonly [string, string])[],
    bound = token,
  ): Promise<number> =>
    (await sendRaw(api.listener, { fields: [['Authorization', `Bearer ${bound}`], ...fields] })).status

  rule(
    ['MTLS-01', 'MTLS-02', 'MTLS-06'],
    'refuses a bound token without its certificate over TLS',
    async () => {
      const api = createBoundApi({ clientCertificates: { from: 'socket' } })
      const [other, reissued] = [createCertificate(), createCertificate(certificate.key)]
      await withTlsServer(api.listener, async (send) => {
        for (let time = 0; time < 3; time += 1) {
          expect((await send({ token })).status).toBe(401)
          expect((await send({ token, certificate: other })).status).toBe(401)
          expect((await send({ token, certificate: reissued })).status).toBe(401)
          expect((await send({ token, certificate })).status).toBe(200)
        }
      })
      expect(codes.slice(0, 3)).toEqual([
        'ERR_CERTIFICATE_MISSING',
        'ERR_CERTIFICATE_BINDING',
        'ERR_CERTIFICATE_BINDING',
      ])
      expect(api.handled()).toBe(3)
    },
  )

  rule(
    ['MTLS-01', 'MTLS-06'],
    'refuses a bound token over plain HTTP, and where no certificate was asked for',
    async () => {
      const api = createBoundApi({ clientCertificates: { from: 'socket' } })
      const empty = createHash('sha256').update('').digest('base64url')
      const forNothing = await servers().authorizationServer.mint({ cnf: { 'x5t#S256': empty } })
      for (const bound of [token, forNothing]) {
        expect(await sendFields(api, [], bound)).toBe(401)
        await withTlsServer(
          api.listener,
          async (send) => expect((await send({ token: bound, certificate })).status).toBe(401),
          { requestCert: false },
        )
      }
      expect(new Set(codes)).toEqual(new Set(['ERR_CERTIFICATE_MISSING']))
      await withTlsServer(api.listener, async (send) => {
        expect((await send({ token, certificate })).status).toBe(200)
      })
    },
  )

  ruleForEach(
    'MTLS-03',
    Object.fromEntries(FIELDS.map((field) => [field, field])),
    'does not believe %s but of a proxy that is configured',
    async (field) => {
      const own = [[field, VALUES[field](certificate)]] as const
      const from = (trustedProxies: string[]) =>
        createBoundApi({ clientCertificates: { from: field, trustedProxies } })
      expect(await sendFields(from(['10.0.0.0/8']), own)).toBe(401)
      const forwarded = [...own, ['X-Forwarded-For', '10.0.0.1'], ['X-Real-IP', '10.0.0.1']] as const
      expect(await sendFields(from(['10.0.0.0/8']), forwarded)).toBe(401)
      expect(await sendFields(createBoundApi({ clientCertificates: { from: 'socket' } }), own)).toBe(401)
      expect(await sendFields(createBoundApi({}), own)).toBe(401)
      expect(await sendFields(from(['127.0.0.1']), own)).toBe(200)
      expect(await sendFields(from(['::1', '127.0.0.0/8']), own)).toBe(200)
    },
  )

  ruleForEach(
    ['MTLS-03', 'MTLS-04'],
    Object.fromEntries(FIELDS.map((field) => [field, field])),
    'refuses a request that has %s twice',
    async (field) => {
      const api = createBoundApi({ clientCertificates: { from: field, trustedProxies: ['127.0.0.1'] } })
      const [own, other] = [VALUES[field](certificate), VALUES[field](createCertificate())]
      for (const [one, two] of [
        [own, other],
        [other, own],
        [own, own],
      ] as const) {
        expect(
          await sendFields(api, [
            [field, one],
            [field, two],
          ]),
        ).toBe(401)
        expect(await sendFields(api, [[field, `${one}, ${two}`]])).toBe(401)
      }
      expect(await sendFields(api, [[field, own]])).toBe(200)
      expect(await sendFields(api, [[field, other]])).toBe(401)
      expect(api.errors).toEqual([])
    },
  )

  ruleForEach(
    'MTLS-04',
    {
      nothing: () => '',
      'a certificate cut short': ({ der }) => `:${Buffer.from(der.subarray(0, 90)).toString('base64')}:`,
      'a byte more': ({ der }) => `:${Buffer.concat([der, Buffer.alloc(1)]).toString('base64')}:`,
      'PEM in place of its content': ({ cert }) => `:${Buffer.from(cert).toString('base64')}:`,
      'an octet that is no text': () => ':\u00FF:',
      'very much': () => `:${'A'.repeat(8_000)}:`,
      'broken percent-encoding': () => '%E0%A4%A',
    } satisfies Record<string, (certificate: Certificate) => string>,
    'refuses a field with %s, and fails at nothing',
    async (write) => {
      for (const from of FIELDS) {
        const api = createBoundApi({ clientCertificates: { from, trustedProxies: ['127.0.0.1'] } })
        expect(await sendFields(api, [[from, write(certificate)]])).toBe(401)
        expect(await sendFields(api, [[from, VALUES[from](certificate)]])).toBe(200)
        expect(api.errors).toEqual([])
      }
    },
  )

  ruleForEach(
    'MTLS-05',
    {
      'hexadecimal digits': hexOf,
      padding: ({ thumbprint }: Certificate) => `${thumbprint}=`,
      'the standard alphabet, padded': ({ der }: Certificate) =>
        createHash('sha256').update(der).digest('base64'),
      'upper case': ({ thumbprint }: Certificate) => thumbprint.toUpperCase(),
      'SHA-1': ({ der }: Certificate) => createHash('sha1').update(der).digest('base64url'),
      'spare bits': ({ thumbprint }: Certificate) =>
        `${thumbprint.slice(0, -1)}${String.fromCharCode(thumbprint.charCodeAt(42) + 1)}`,
    },
    'refuses a token whose thumbprint has %s',
    async (spell) => {
      const api = createBoundApi({
        clientCertificates: { from: 'client-cert', trustedProxies: ['127.0.0.1'] },
      })
      const own = [['client-cert', VALUES['client-cert'](certificate)]] as const
      const cnf = { 'x5t#S256': spell(certificate) }
      const odd = await servers().authorizationServer.mint({ cnf })
      expect(await sendFields(api, own, odd)).toBe(401)
      expect(await sendFields(api, own)).toBe(200)
    },
  )

  rule('MTLS-05', 'refuses a token that is bound by SHA-1 alone', async () => {
    const api = createBoundApi({ clientCertificates: { from: 'client-cert', trustedProxies: ['127.0.0.1'] } })
    const own = [['client-cert', VALUES['client-cert'](certificate)]] as const
    const x5t = createHash('sha1').update(certificate.der).digest('base64url')
    const odd = await servers().authorizationServer.mint({ cnf: { x5t } })
    expect(await sendFields(api, own, odd)).toBe(401)
    expect(codes).toEqual(['ERR_TOKEN_SENDER_CONSTRAINED'])
  })

  rule('MTLS-08', 'refuses a bound token where nothing is configured for certificates', async () => {
    const [without, withCertificates] = [
      createBoundApi({}),
      createBoundApi({ clientCertificates: { from: 'socket' } }),
    ]
    await withTlsServer(without.listener, async (send) => {
      expect((await send({ token, certificate })).status).toBe(401)
      const unbound = await servers().authorizationServer.mint()
      expect((await send({ token: unbound })).status).toBe(200)
    })
    expect(codes).toEqual(['ERR_TOKEN_SENDER_CONSTRAINED'])
    await withTlsServer(withCertificates.listener, async (send) => {
      expect((await send({ token, certificate })).status).toBe(200)
    })
  })

  rule('MTLS-09', 'believes a certificate that nobody signed only as far as its key was used', async () => {
    const api = createBoundApi({ clientCertificates: { from: 'socket' } })
    await withTlsServer(api.listener, async (send) => {
      expect((await send({ token, certificate })).status).toBe(200)
      const stolen = { ...createCertificate(), cert: certificate.cert } // without its key
      await expect(send({ token, certificate: stolen })).rejects.toThrow()
    })
  })

  rule('OWN-72', 'believes no certificate that can change while a request is judged', async () => {
    const toStatus = async (clientCertificates: object, versions: ServerOptions) =>
      withTlsServer(
        createBoundApi({ clientCertificates } as never).listener,
        async (send) => (await send({ token, certificate })).status,
        versions,
      )
    const [tls12, tls13] = [{ maxVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.3' }] as const
    const before13 = { from: 'socket', dangerouslyAllowTls12: true }
    expect(await toStatus({ from: 'socket' }, tls12)).toBe(401)
    expect(await toStatus({ from: 'socket' }, tls13)).toBe(200)
    const fixed = { ...tls12, secureOptions: constants.SSL_OP_NO_RENEGOTIATION }
    expect(await toStatus(before13, fixed)).toBe(200)
  })

  rule('MTLS-10', 'reads the certificate of a TLS session that is resumed', async () => {
    const api = createBoundApi({ clientCertificates: { from: 'socket', dangerouslyAllowTls12: true } })
    const statuses = await sendTwice(api, certificate, token)
    expect(statuses).toEqual([
      [false, '200'],
      [true, '200'],
    ])
    const another = await servers().authorizationServer.mint({
      cnf: { 'x5t#S256': createCertificate().thumbprint },
    })
    expect(await sendTwice(api, certificate, another)).toEqual([
      [false, '401'],
      [true, '401'],
    ])
  })
})

/** Whether the TLS session was resumed, and the status, of two requests, of which the second resumes. */
async function sendTwice(
  { listener }: Api,
  { cert, key }: Certificate,
  token: string,
): Promise<readonly (readonly [boolean, string])[]> {
  const own = createCertificate()
  const server = createServer(
    { cert: own.cert, key: own.key, requestCert: true, rejectUnauthorized: false, maxVersion: 'TLSv1.2' },
    listener,
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const results: (readonly [boolean, string])[] = []
  let session: Buffer | undefined
  for (let time = 0; time < 2; time += 1) {
    const socket = connect({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false, // the server has a certificate of the test
      cert,
      key,
      ...(session && { session }),
    })
    await once(socket, 'secureConnect')
    const isResumed = socket.isSessionReused()
    session = socket.getSession()
    socket.write(`GET /me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n\r\n`)
    results.push([isResumed, (await text(socket)).slice(9, 12)])
  }
  server.close()
  return results
}
