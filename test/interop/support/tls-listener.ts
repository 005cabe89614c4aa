import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Listener } from '../../../examples/kit/src/listener.js'
import type { CertificateAuthority } from './certificate-authority.js'

/** Starts an HTTPS server on a free port of 127.0.0.1, which asks clients for a certificate, of whatever issuer. */
export async function listenWithTls(authority: CertificateAuthority): Promise<Listener> {
  const server = createServer({
    ...(await authority.issue('server')),
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    serve: (handle) => void server.removeAllListeners('request').on('request', handle),
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
