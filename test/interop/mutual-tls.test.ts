import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Listener } from '../../examples/kit/src/listener.js'
import { METHODS, useCertificates } from './support/certificates.js'
import { call } from './support/oauth4webapi.js'
import { listenWithTls } from './support/tls-listener.js'

const refused = (...problem: readonly string[]) => ({ status: 401, problems: [problem] })
const OTHER_CERTIFICATE = 'The access token is bound to another client certificate'
const NO_CERTIFICATE = 'The access token is bound to a client certificate, and there is none'

describe.each([
  ['JWT', 'jwt', 'jwt'],
  ['opaque', 'opaque', 'introspection'],
] as const)('%s access tokens that oidc-provider binds to a certificate', (_name, format, via) => {
  const stage = useCertificates(format)
  let listener: Listener
  let url: string
  beforeEach(async () => {
    listener = await listenWithTls(stage().authority)
    url = `${listener.origin}/stats`
  })
  afterEach(() => listener.stop())

  const accepted = (clientId: string) => ({ status: 200, body: { clientId, scopes: ['stats:read'], via } })

  describe.each(METHODS)('of a client with %s', (method) => {
    beforeEach(() => listener.serve(stage().createApi({ clientCertificates: { from: 'socket' } })))

    test('are accepted on a connection with this certificate, and on no other', async () => {
      const { certificates, others, fetchWith } = stage()
      const token = await stage().getToken(method)
      const own = fetchWith(certificates[method])
      expect(await call({ url, token, fetch: own })).toEqual(accepted(method))
      expect(await call({ url, token, fetch: fetchWith(others[method]) })).toEqual(
        refused('bearer', 'invalid_token', OTHER_CERTIFICATE),
      )
      expect(await call({ url, token, fetch: fetchWith() })).toEqual(
        refused('bearer', 'invalid_token', NO_CERTIFICATE),
      )
      expect(await call({ url, token, fetch: own })).toEqual(accepted(method))
    })

    test('are refused where another client has the certificate', async () => {
      const [stranger = method] = METHODS.filter((name) => name !== method)
      const fetch = stage().fetchWith(stage().certificates[stranger])
      const [token, strangers] = [await stage().getToken(method), await stage().getToken(stranger)]
      expect(await call({ url, token, fetch })).toEqual(refused('bearer', 'invalid_token', OTHER_CERTIFICATE))
      expect(await call({ url, token: strangers, fetch })).toEqual(accepted(stranger))
    })
  })
})
