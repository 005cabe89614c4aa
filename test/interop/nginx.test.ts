import { beforeEach, describe, expect, test } from '@jest/globals'
import { generateKeyPair } from 'dpop'
import { ClientSecretBasic, DPoP, type Client } from 'oauth4webapi'
import { REPORTER } from './support/authorization-server.js'
import { useNginx } from './support/behind-nginx.js'
import { METHODS, useCertificates } from './support/certificates.js'
import { NGINX_ADDRESS } from './support/nginx.js'
import { call, requestToken } from './support/oauth4webapi.js'

const FIELDS = ['X-SSL-Client-Cert', 'Client-Cert'] as const
const refused = (description: string) => ({
  status: 401,
  problems: [['bearer', 'invalid_token', description]],
})
const OTHER_CERTIFICATE = refused('The access token is bound to another client certificate')
const NO_CERTIFICATE = refused('The access token is bound to a client certificate, and there is none')

const stage = useCertificates('jwt')

describe.each(METHODS)('behind nginx, access tokens of a client with %s', (method) => {
  const api = useNginx(stage, method === 'tls_client_auth' ? 'of-authority' : 'any')
  const accepted = { status: 200, body: { clientId: method, scopes: ['stats:read'], via: 'jwt' } }

  describe.each(FIELDS)('where the certificate comes in %s', (field) => {
    const from = field.toLowerCase() as Lowercase<typeof field>
    /** From where the API was called, and what it received in the field. */
    let received: { address: string | undefined; values: readonly string[] | undefined }[]
    let token: string
    let url: string
    beforeEach(async () => {
      received = []
      token = await stage().getToken(method)
      url = `${api().publicOrigin}/stats`
      serveTrusting(NGINX_ADDRESS)
    })

    function serveTrusting(proxy: string): void {
      const app = stage().createApi({ clientCertificates: { from, trustedProxies: [proxy] } })
      api().serve((request, response) => {
        received.push({
          address: request.socket.remoteAddress,
          values: request.headersDistinct[from],
        })
        app(request, response)
      })
    }

    const readValues = () => received.map(({ values }) => values)
    const callAsOwner = () => call({ url, token, fetch: stage().fetchWith(stage().certificates[method]) })

    test('are accepted with the right certificate, and refused with another and with none', async () => {
      const { others, fetchWith } = stage()
      expect(await callAsOwner()).toEqual(accepted)
      expect(await call({ url, token, fetch: fetchWith(others[method]) })).toEqual(OTHER_CERTIFICATE)
      expect(await call({ url, token, fetch: fetchWith() })).toEqual(NO_CERTIFICATE)
      expect(readValues()).toEqual([[expect.any(String)], [expect.any(String)], undefined])
    })

    test('are refused where a client writes the field, with another certificate and with none', async () => {
      const { others, fetchWith } = stage()
      expect(await callAsOwner()).toEqual(accepted)
      const [[owners = ''] = []] = readValues()
      const fields = { [field]: owners }
      expect(await call({ url, token, fields, fetch: fetchWith(others[method]) })).toEqual(OTHER_CERTIFICATE)
      expect(await call({ url, token, fields, fetch: fetchWith() })).toEqual(NO_CERTIFICATE)
      expect(readValues()).toEqual([[owners], [expect.not.stringContaining(owners)], undefined])
    })

    test('are refused where a client calls the API itself, which trusts nginx alone', async () => {
      expect(await callAsOwner()).toEqual(accepted)
      const [[owners = ''] = []] = readValues()
      const direct = { url: `${api().origin}/stats`, token, fields: { [field]: owners } }
      expect(await call(direct)).toEqual(NO_CERTIFICATE)
      expect(received).toEqual([
        { address: NGINX_ADDRESS, values: [owners] },
        { address: '127.0.0.1', values: [owners] },
      ])
      serveTrusting('127.0.0.1')
      expect(await call(direct)).toEqual(accepted)
      expect(await callAsOwner()).toEqual(NO_CERTIFICATE)
    })
  })
})

describe('behind nginx, access tokens that are bound to a key', () => {
  const api = useNginx(stage, 'any')

  test('are accepted where the API knows the origin and the prefix that its clients see', async () => {
    const { createApi, fetchWith, issuer } = stage()
    const client: Client = { client_id: REPORTER.clientId }
    const handle = DPoP(client, await generateKeyPair('ES256'))
    const authentication = ClientSecretBasic(REPORTER.clientSecret)
    const { access_token: token } = await requestToken(issuer, client, authentication, { DPoP: handle })
    const request = { url: `${api().publicOrigin}/stats`, token, DPoP: handle, fetch: fetchWith() }

    api().serve(createApi({ dpop: { origin: api().publicOrigin } }))
    expect(await call(request)).toMatchObject({ status: 200, body: { clientId: REPORTER.clientId } })
    const withoutPrefix = new URL(api().publicOrigin).origin
    for (const origin of [api().origin, withoutPrefix]) {
      api().serve(createApi({ dpop: { origin } }))
      expect(await call(request)).toEqual({
        status: 401,
        problems: [['dpop', 'invalid_dpop_proof', 'The DPoP proof is for another method or another URI']],
      })
    }
  })
})
