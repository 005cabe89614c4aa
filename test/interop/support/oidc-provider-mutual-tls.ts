import { X509Certificate } from 'node:crypto'
import { TLSSocket } from 'node:tls'
import type { IntrospectionCredentials } from '@bearward/core'
import { TlsClientAuth } from 'oauth4webapi'
import type { ClientMetadata, JWK, KoaContextWithOIDC, MTLSConfiguration } from 'oidc-provider'
import { listen } from '../../../examples/kit/src/listener.js'
import { REPORTER, type AccessTokenFormat } from './authorization-server.js'
import type { CertificateAuthority, KeyAndCertificate } from './certificate-authority.js'
import { createMutualTlsFetch } from './mutual-tls-fetch.js'
import { requestToken } from './oauth4webapi.js'
import { CLIENT_CREDENTIALS_CLIENT, createProvider } from './oidc-provider-instance.js'
import { listenWithTls } from './tls-listener.js'

/** How a client authenticates with its certificate (RFC 8705, section 2). */
export type CertificateMethod = 'self_signed_tls_client_auth' | 'tls_client_auth'

/** An `oidc-provider` that binds tokens to the certificate of the client. */
export interface MutualTlsProvider {
  readonly issuer: string
  readonly introspection: IntrospectionCredentials
  /** Gets a token, bound to the certificate of the client that authenticates in this way. */
  getToken(method: CertificateMethod): Promise<string>
  stop(): Promise<void>
}

/** What it is started with. */
export interface MutualTlsProviderOptions {
  readonly accessTokenFormat: AccessTokenFormat
  readonly authority: CertificateAuthority
  /** The certificates of its clients. That of `tls_client_auth` is of the authority, and its subject `CN=<method>`. */
  readonly certificates: Readonly<Record<CertificateMethod, KeyAndCertificate>>
}

/** Starts it: over HTTP, and for clients with a certificate at another port, over TLS (RFC 8705, section 5). */
export async function startMutualTlsProvider({
  accessTokenFormat,
  authority,
  certificates,
}: MutualTlsProviderOptions): Promise<MutualTlsProvider> {
  const [plain, secure] = [await listen(), await listenWithTls(authority)]
  const { origin: issuer } = plain
  const stop = () => Promise.all([plain.stop(), secure.stop()]).then(() => undefined)
  try {
    const provider = await createProvider(issuer, {
      accessTokenFormat,
      clients: registerClients(certificates),
      mTLS: MUTUAL_TLS,
      additions: {
        clientAuthMethods: ['client_secret_basic', 'self_signed_tls_client_auth', 'tls_client_auth'],
        discovery: { mtls_endpoint_aliases: { token_endpoint: `${secure.origin}/token` } },
      },
    })
    const handle = provider.callback()
    for (const { serve } of [plain, secure]) serve((request, response) => void handle(request, response))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    issuer,
    introspection: REPORTER,
    async getToken(method) {
      const client = { client_id: method, use_mtls_endpoint_aliases: true }
      const fetch = createMutualTlsFetch(authority.certificate, certificates[method])
      return (await requestToken(issuer, client, TlsClientAuth(), { fetch })).access_token
    },
    stop,
  }
}

const MUTUAL_TLS: MTLSConfiguration = {
  enabled: true,
  certificateBoundAccessTokens: true,
  selfSignedTlsClientAuth: true,
  tlsClientAuth: true,
  getCertificate: (context) => findSocket(context)?.getPeerX509Certificate(),
  certificateAuthorized: (context) => findSocket(context)?.authorized === true,
  certificateSubjectMatches: (context, property, expected) =>
    property === 'tls_client_auth_subject_dn' &&
    findSocket(context)?.getPeerX509Certificate()?.subject === expected,
}

function findSocket({ req: { socket } }: KoaContextWithOIDC): TLSSocket | undefined {
  return socket instanceof TLSSocket ? socket : undefined
}

function registerClients(certificates: MutualTlsProviderOptions['certificates']): readonly ClientMetadata[] {
  const toClient = (method: CertificateMethod): ClientMetadata => ({
    ...CLIENT_CREDENTIALS_CLIENT,
    client_id: method,
    token_endpoint_auth_method: method,
    tls_client_certificate_bound_access_tokens: true,
  })
  return [
    { ...CLIENT_CREDENTIALS_CLIENT, client_id: REPORTER.clientId, client_secret: REPORTER.clientSecret },
    { ...toClient('tls_client_auth'), tls_client_auth_subject_dn: 'CN=tls_client_auth' },
    {
      ...toClient('self_signed_tls_client_auth'),
      jwks: { keys: [toJwk(certificates.self_signed_tls_client_auth)] },
    },
  ]
}

/** With the certificate in it: that is what `oidc-provider` compares. */
function toJwk({ cert }: KeyAndCertificate): JWK {
  const { publicKey, raw } = new X509Certificate(cert)
  return { ...publicKey.export({ format: 'jwk' }), kty: 'EC', x5c: [raw.toString('base64')] }
}
