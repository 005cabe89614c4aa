import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApi } from './api.js'
import type { ClientOptions } from './client.js'
import { createProvider } from './provider.js'

/** All that runs in this example. */
export interface Stage {
  /** For clients of this authorization server, and this API. */
  readonly registration: Omit<ClientOptions, 'keys'>
  readonly apiUrl: string
  /** The header fields of every request that reached the API, as a thief finds them in a log. */
  readonly log: readonly IncomingHttpHeaders[]
  close(): Promise<void>
}

/** What the API calls itself. */
const AUDIENCE = 'https://stats.example.com'
const CLIENT = { clientId: 'reporter', clientSecret: 'known-here-alone' }

/** Starts the authorization server and the API. */
export async function openStage(): Promise<Stage> {
  const authorizationServer = await listen()
  const issuer = authorizationServer.url
  const provider = await createProvider(issuer, { ...CLIENT, audience: AUDIENCE })
  const answer = provider.callback()
  authorizationServer.serve((request, response) => void answer(request, response))

  const log: IncomingHttpHeaders[] = []
  const api = await listen()
  const app = createApi({ issuer, audience: AUDIENCE, origin: api.url })
  api.serve((request, response) => {
    log.push(request.headers)
    app(request, response)
  })

  return {
    registration: { issuer, ...CLIENT, resource: AUDIENCE },
    apiUrl: api.url,
    log,
    async close() {
      await Promise.all([api.close(), authorizationServer.close()])
    },
  }
}

interface Listener {
  readonly url: string
  serve(handle: RequestListener): void
  close(): Promise<void>
}

/** Listens on a free port of this machine. */
async function listen(): Promise<Listener> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    serve: (handle) => void server.on('request', handle),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
