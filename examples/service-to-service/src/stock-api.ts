import { requireScope, requireToken } from '@bearward/express'
import express, { type Express } from 'express'

/** API B: says what is in stock, to whoever has a token for it with `stock:read`. */
export function createStockApi(issuer: string, audience: string): Express {
  const app = express()
  app.use(requireToken({ issuer, audience }))

  app.get('/stock/:item', requireScope('stock:read'), (req, res) => {
    res.json({ item: req.params.item, left: 17, askedBy: req.auth.clientId })
  })

  return app
}
