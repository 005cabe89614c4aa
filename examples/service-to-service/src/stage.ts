import { createTokenSource } from '@bearward/client'
import { listen } from '@bearward/example-kit'
import { startAuthorizationServer, type AuthorizationServer, type RegisteredClient } from '@bearward/testing'
import { createOrdersApi } from './orders-api.js'
import { createStockApi } from './stock-api.js'

/** What the APIs call themselves: their `audience`, and the `resource` that a client asks a token for. */
export const ORDERS_API = 'https://orders.example.com'
export const STOCK_API = 'https://stock.example.com'
/** The orders API, as a client of the authorization server. */
export const ORDERS_CLIENT: RegisteredClient = {
  clientId: 'orders-api',
  clientSecret: 'known-here-alone',
  scope: 'stock:read',
}

/** All that runs in this example. */
export interface Stage {
  readonly authorizationServer: AuthorizationServer
  readonly ordersUrl: string
  readonly stockUrl: string
  /** Everything that the stock API was sent, as text: request lines and header fields. */
  readonly sentToStock: readonly string[]
  close(): Promise<void>
}

/** Starts the authorization server, which gives clients tokens for the stock API, and both APIs. */
export async function openStage(): Promise<Stage> {
  const authorizationServer = await startAuthorizationServer({
    audience: STOCK_API,
    clients: [ORDERS_CLIENT],
  })
  const { issuer } = authorizationServer
  const sentToStock: string[] = []

  const stockApi = createStockApi(issuer, STOCK_API)
  const stock = await listen((request, response) => {
    sentToStock.push([request.method, request.url, ...request.rawHeaders].join(' '))
    stockApi(request, response)
  })
  const stockTokens = createTokenSource({
    issuer,
    ...ORDERS_CLIENT,
    resource: STOCK_API,
    origins: stock.origin, // on this machine; in earnest, the origin of `resource`, which is the default
  })
  const orders = await listen(
    createOrdersApi({ issuer, audience: ORDERS_API, stockUrl: stock.origin, stockTokens }),
  )

  return {
    authorizationServer,
    ordersUrl: orders.origin,
    stockUrl: stock.origin,
    sentToStock,
    async close() {
      await Promise.all([orders.stop(), stock.stop(), authorizationServer.close()])
    },
  }
}
