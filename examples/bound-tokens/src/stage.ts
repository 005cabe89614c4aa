import type { IncomingHttpHeaders } from 'node:http'
import { listen } from '@bearward/example-kit'
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
  const issuer = authorizationServer.origin
  const provider = await createProvider(issuer, { ...CLIENT, audience: AUDIENCE })
  const answer = provider.callback()
  authorizationServer.serve((request, response) => void answer(request, response))

  const log: IncomingHttpHeaders[] = []
  const api = await listen()
  const app = createApi({ issuer, audience: AUDIENCE, origin: api.origin })
  api.serve((request, response) => {
    log.push(request.headers)
    app(request, response)
  })

  return {
    registration: { issuer, ...CLIENT, resource: AUDIENCE },
    apiUrl: api.origin,
    log,
    async close() {
      await Promise.all([api.stop(), authorizationServer.stop()])
    },
  }
}
