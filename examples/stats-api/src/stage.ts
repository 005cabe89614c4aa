import type { RequestListener } from 'node:http'
import { listen } from '@bearward/example-kit'
import { startAuthorizationServer, type AuthorizationServer } from './authorization-server.js'
import { createExpressApi } from './express-api.js'
import { createExpressOpaqueApi } from './express-opaque-api.js'
import { createKoaApi } from './koa-api.js'
import { createKoaOpaqueApi } from './koa-opaque-api.js'
import { OPAQUE_API, STATS_API } from './registrations.js'

/** An API that runs on this machine. */
interface Api {
  readonly name: string
  readonly origin: string
}

/** All that runs in this example. */
export interface Stage {
  readonly authorizationServer: AuthorizationServer
  /** One in Express and one in Koa; both are the same protected resource. */
  readonly apis: readonly Api[]
  /** The same for opaque tokens. */
  readonly opaqueApis: readonly Api[]
  /** Starts `apis` once more, with no memory of what the first ones know. */
  startApis(): Promise<readonly Api[]>
  /** Stops everything. */
  close(): Promise<void>
}

/** Starts the authorization server and all APIs. */
export async function openStage(): Promise<Stage> {
  const authorizationServer = await startAuthorizationServer()
  const { issuer, clients } = authorizationServer
  const stops = [authorizationServer.stop]

  async function startApi(name: string, handle: RequestListener): Promise<Api> {
    const { origin, stop } = await listen(handle)
    stops.push(stop)
    return { name, origin }
  }

  async function startApis(): Promise<readonly Api[]> {
    const koa = createKoaApi(issuer, STATS_API).callback()
    return [
      await startApi('Express', createExpressApi(issuer, STATS_API)),
      await startApi('Koa', (request, response) => void koa(request, response)),
    ]
  }

  async function startOpaqueApis(): Promise<readonly Api[]> {
    const koa = createKoaOpaqueApi(issuer, OPAQUE_API, clients.api).callback()
    return [
      await startApi('Express', createExpressOpaqueApi(issuer, OPAQUE_API, clients.api)),
      await startApi('Koa', (request, response) => void koa(request, response)),
    ]
  }

  return {
    authorizationServer,
    apis: await startApis(),
    opaqueApis: await startOpaqueApis(),
    startApis,
    async close() {
      await Promise.all(stops.map((stop) => stop()))
    },
  }
}
