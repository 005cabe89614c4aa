import { TokenEndpointUnavailableError, type TokenSource } from '@bearward/client'
import { requireScope, requireToken } from '@bearward/express'
import express, { type ErrorRequestHandler, type Express } from 'express'

/** What the orders API needs. */
export interface OrdersApiOptions {
  readonly issuer: string
  readonly audience: string
  /** Where the stock API is. */
  readonly stockUrl: string
  /** Tokens of the orders API itself, for the stock API. */
  readonly stockTokens: TokenSource
}

/**
 * API A: answers its callers, and asks the stock API as itself. What a caller sent, `req.auth.token`, is for the orders API
 * alone and goes nowhere.
 *
 * Express 5 hands what an `async` handler throws to `answerOutage`. Express 4 does not: catch it there, and call `next`.
 */
export function createOrdersApi({ issuer, audience, stockUrl, stockTokens }: OrdersApiOptions): Express {
  const app = express()
  app.use(requireToken({ issuer, audience }))

  app.get('/orders/:id', requireScope('orders:read'), async (req, res) => {
    const response = await stockTokens.fetch(`${stockUrl}/stock/lamp`)
    if (!response.ok) {
      res.sendStatus(502) // our token was refused, or our request was wrong: no fault of the caller
      return
    }
    res.json({ order: req.params.id, stock: await response.json() })
  })

  app.use(answerOutage)
  return app
}

/** No token to be had now: the caller keeps its own, and tries again. */
const answerOutage: ErrorRequestHandler = (error, _req, res, next) => {
  if (error instanceof TokenEndpointUnavailableError) {
    res.set('Retry-After', String(error.retryAfter)).sendStatus(503)
  } else next(error)
}
