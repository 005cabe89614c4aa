import type { Checks } from '@bearward/example-kit'
import { ORDERS_API, ORDERS_CLIENT, STOCK_API, type Stage } from './stage.js'

/** A caller asks the orders API, which asks the stock API. */
export async function tellStory(stage: Stage, { check }: Checks): Promise<void> {
  const { authorizationServer, ordersUrl, stockUrl, sentToStock } = stage
  // With the scope that the stock API demands, so that nothing but the audience is in its way there.
  const callerToken = await authorizationServer.mint({
    aud: ORDERS_API,
    client_id: 'shop',
    scope: 'orders:read stock:read',
  })

  const none = await call(`${ordersUrl}/orders/1`)
  check('the orders API refuses a caller without a token', none.status, 401)
  check('and does not call the stock API for it', sentToStock.length, 0)

  const answer = await call(`${ordersUrl}/orders/1`, callerToken)
  check('the orders API accepts the token of the caller', answer.status, 200)
  check(`the stock API saw the client ${ORDERS_CLIENT.clientId}`, answer.body, {
    order: '1',
    stock: { item: 'lamp', left: 17, askedBy: ORDERS_CLIENT.clientId },
  })

  await call(`${ordersUrl}/orders/2`, callerToken)
  check('another order is another call of the stock API', sentToStock.length, 2)
  check('but the orders API asked for its token once', authorizationServer.requests.token, 1)
  const isSentOn = sentToStock.some((sent) => sent.includes(callerToken))
  check('the token of the caller never reached the stock API', isSentOn, false)

  const direct = await call(`${stockUrl}/stock/lamp`, callerToken)
  check('the stock API refuses the token of the caller', direct.status, 401)
  check('because it is for another API', direct.problem, [
    'invalid_token',
    'The access token is meant for another resource server',
  ])

  const tooNarrow = await authorizationServer.mint({ aud: STOCK_API, scope: 'stock:count' })
  const narrow = await call(`${stockUrl}/stock/lamp`, tooNarrow)
  check('the stock API refuses a token for it without stock:read', narrow.status, 403)
}

interface Answer {
  readonly status: number
  readonly body: unknown
  /** `error` and `error_description` of the challenge. */
  readonly problem: readonly string[]
}

async function call(url: string, token?: string): Promise<Answer> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(url, { headers })
  const challenge = response.headers.get('www-authenticate') ?? ''
  const text = await response.text()
  return {
    status: response.status,
    body: response.ok ? JSON.parse(text) : undefined,
    problem: [...challenge.matchAll(/error(?:_description)?="([^"]*)"/g)].map(([, value = '']) => value),
  }
}
