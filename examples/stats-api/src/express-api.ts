import { requireScope, requireToken } from '@bearward/express'
import express, { type Express } from 'express'

/**
 * An API that counts visits, in Express.
 *
 * @param issuer The authorization server, as its tokens name it in `iss`. Its keys are found from here.
 * @param audience This API, as tokens that are meant for it name it in `aud`.
 */
export function createExpressApi(issuer: string, audience: string): Express {
  const app = express()
  let visits = 0

  app.use(requireToken({ issuer, audience }))

  app.get('/stats', requireScope('stats:read'), (req, res) => {
    res.json({ visits, client: req.auth.clientId })
  })

  app.post('/stats', requireScope('stats:write'), (req, res) => {
    visits += 1
    res.status(201).json({ visits, client: req.auth.clientId })
  })

  return app
}
