import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer, request as sendRequest, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ProtectedResourceRequest } from '@bearward/core'
import { createCertificate, type Certificate } from '@bearward/testing'
import { requestWith } from './request.js'

/** What the client of a TLS connection gets. */
export interface TlsAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** What a request over TLS says, and which certificate its client shows. */
export interface TlsRequest {
  readonly token: string
  /** Default: none. */
  readonly certificate?: Certificate
  /** Default: `/me`. */
  readonly path?: string
  readonly fields?: Readonly<Record<string, string>>
}

/** An HTTPS server that asks clients for a certificate, of whatever issuer, for as long as `use` runs. */
export async function withTlsServer<Result>(
  listener: RequestListener,
  use: (send: (request: TlsRequest) => Promise<TlsAnswer>) => Promise<Result>,
  options: ServerOptions = {},
): Promise<Result> {
  const { cert, key } = createCertificate()
  const server = createServer(
    { cert, key, requestCert: true, rejectUnauthorized: false, ...options },
    listener,
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await use((request) => sendTo((server.address() as AddressInfo).port, request))
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

async function sendTo(
  port: number,
  { token, certificate, path = '/me', fields }: TlsRequest,
): Promise<TlsAnswer> {
  const request = sendRequest({
    port,
    path,
    host: '127.0.0.1',
    agent: false,
    rejectUnauthorized: false, // the server has a certificate of the test
    headers: { authorization: `Bearer ${token}`, ...fields },
    ...(certificate && { cert: certificate.cert, key: certificate.key }),
  }).end()
  const [response] = (await once(request, 'response')) as [
    AsyncIterable<Buffer> & { statusCode: number; headers: TlsAnswer['headers'] },
  ]
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

/** A request with a Bearer token, from an address, with these fields, perhaps with a certificate on its connection. */
export function requestFrom(
  remoteAddress: string | undefined,
  token: string,
  fields: Readonly<Record<string, string | readonly string[]>> = {},
  certificate?: Uint8Array,
): ProtectedResourceRequest {
  return {
    ...requestWith({ authorization: `Bearer ${token}`, ...fields }),
    connection: () => ({ remoteAddress, certificate, tlsVersion: 'TLSv1.3' }),
  }
}
