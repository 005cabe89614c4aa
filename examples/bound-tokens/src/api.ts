import { requireScope, requireToken } from '@bearward/express'
import express, { type Express } from 'express'

/** What the API needs. */
export interface ApiOptions {
  readonly issuer: string
  readonly audience: string
  /** What clients write before the path: each proof names the URL that it is for. */
  readonly origin: string
}

/** Answers who has a token with `stats:read`, and the key that it is bound to. */
export function createApi({ issuer, audience, origin }: ApiOptions): Express {
  const app = express()
  app.use(requireToken({ issuer, audience, senderConstraint: 'required', dpop: { origin } }))

  app.get('/stats', requireScope('stats:read'), (req, res) => {
    res.json({ visitors: 1234, askedBy: req.auth.clientId })
  })
  app.get('/sales', requireScope('stats:read'), (_req, res) => {
    res.json({ sold: 56 })
  })

  return app
}
