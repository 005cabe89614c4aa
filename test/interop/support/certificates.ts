import { afterAll, afterEach, beforeAll } from '@jest/globals'
import { createResourceServer, type CommonOptions } from '@bearward/core'
import { createCertificate } from '@bearward/testing'
import type express from 'express'
import { createApi } from './api.js'
import { STATS_API, type AccessTokenFormat } from './authorization-server.js'
import {
  createCertificateAuthority,
  type CertificateAuthority,
  type KeyAndCertificate,
} from './certificate-authority.js'
import { createMutualTlsFetch } from './mutual-tls-fetch.js'
import type { Fetch } from './oauth4webapi.js'
import {
  startMutualTlsProvider,
  type CertificateMethod,
  type MutualTlsProvider,
} from './oidc-provider-mutual-tls.js'

/** Who takes part in a test with certificates. */
export interface CertificateStage extends Pick<MutualTlsProvider, 'getToken' | 'issuer'> {
  readonly authority: CertificateAuthority
  /** The certificates of the clients that tokens are issued to. */
  readonly certificates: Readonly<Record<CertificateMethod, KeyAndCertificate>>
  /** Other certificates of the same kind. */
  readonly others: Readonly<Record<CertificateMethod, KeyAndCertificate>>
  /** Makes the API. Its tokens are judged by their signature, opaque ones by introspection. */
  createApi(options: Pick<CommonOptions, 'clientCertificates' | 'dpop'>): express.Express
  /** A `fetch` with this certificate. Default: with none. */
  fetchWith(certificate?: KeyAndCertificate): Fetch
}

/** The ways to authenticate with a certificate. */
export const METHODS: readonly CertificateMethod[] = ['self_signed_tls_client_auth', 'tls_client_auth']

/** Starts `oidc-provider` for all tests of a block, and stops it after them. */
export function useCertificates(accessTokenFormat: AccessTokenFormat): () => CertificateStage {
  let stage: CertificateStage | undefined
  let provider: MutualTlsProvider | undefined
  const closing: (() => void)[] = []
  beforeAll(async () => {
    const authority = await createCertificateAuthority()
    const [certificates, others] = [await createCertificates(authority), await createCertificates(authority)]
    const { issuer, introspection, getToken } = (provider = await startMutualTlsProvider({
      accessTokenFormat,
      authority,
      certificates,
    }))
    stage = {
      authority,
      certificates,
      others,
      getToken,
      issuer,
      fetchWith: (certificate) => createMutualTlsFetch(authority.certificate, certificate),
      createApi(options) {
        const resourceServer = createResourceServer({
          issuer,
          audience: STATS_API,
          accessTokens: 'mixed',
          introspection,
          ...options,
        })
        closing.push(() => resourceServer.close())
        return createApi(resourceServer)
      },
    }
  })
  afterEach(() => {
    for (const close of closing.splice(0)) close()
  })
  afterAll(() => provider?.stop())

  return () => {
    if (stage === undefined) throw new Error('The authorization server does not run')
    return stage
  }
}

async function createCertificates(
  authority: CertificateAuthority,
): Promise<CertificateStage['certificates']> {
  return {
    self_signed_tls_client_auth: createCertificate(),
    tls_client_auth: await authority.issue('tls_client_auth'),
  }
}
