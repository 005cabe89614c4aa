import type { ResourceServer } from '@bearward/core'
import { requireFresh, requireScope, requireToken } from '@bearward/express'
import express from 'express'

/**
 * An API on Express. `GET /stats` needs `stats:read`, `POST /stats` needs `stats:write`, `GET /balance` has the token
 * introspected for each request. All answer with who asks.
 */
export function createApi(resourceServer: ResourceServer): express.Express {
  const answer: express.RequestHandler = ({ auth: { clientId, scopes, via } }, res) => {
    res.json({ clientId, scopes: [...scopes], via })
  }
  const app = express()
  app.use(requireToken(resourceServer))
  app.get('/stats', requireScope('stats:read'), answer)
  app.post('/stats', requireScope('stats:write'), answer)
  app.get('/balance', requireFresh({ maxAge: 0 }), answer)
  return app
}
