import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request as sendRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import type { KeyAndCertificate } from './certificate-authority.js'
import type { Fetch } from './oauth4webapi.js'

/**
 * Makes a `fetch` that shows the certificate of a client: that of Node.js has none.
 *
 * @param authority PEM of the authority that servers must have their certificate from.
 */
export function createMutualTlsFetch(authority: string, certificate?: KeyAndCertificate): Fetch {
  return async (url, { method, headers, body }) => {
    const content = body instanceof URLSearchParams ? body.toString() : undefined
    const { cert, key } = certificate ?? {}
    const request = sendRequest(url, { method, headers, agent: false, ca: authority, cert, key }).end(content)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    return new Response(await text(response), {
      status: Number(response.statusCode),
      headers: Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      ),
    })
  }
}
