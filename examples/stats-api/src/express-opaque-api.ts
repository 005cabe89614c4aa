import { requireFresh, requireScope, requireToken } from '@bearward/express'
import express, { type Express } from 'express'
import type { ClientRegistration } from './registrations.js'

/**
 * The same API for opaque tokens: what they mean, it asks the authorization server.
 *
 * @param issuer The authorization server. Where it is asked is found from here.
 * @param audience This API, as the authorization server names it in `aud` of its answers.
 * @param client This API as a client of the authorization server, which does not answer to everybody.
 */
export function createExpressOpaqueApi(
  issuer: string,
  audience: string,
  { clientId, clientSecret }: Pick<ClientRegistration, 'clientId' | 'clientSecret'>,
): Express {
  const app = express()
  let visits = 0

  app.use(requireToken({ issuer, audience, introspection: { clientId, clientSecret } }))

  app.get('/stats', requireScope('stats:read'), (req, res) => {
    res.json({ visits, client: req.auth.clientId })
  })

  app.post('/stats', requireScope('stats:write'), (req, res) => {
    visits += 1
    res.status(201).json({ visits, client: req.auth.clientId })
  })

  // What cannot be undone: the authorization server is asked for each request.
  app.delete('/stats', requireFresh({ maxAge: 0 }), requireScope('stats:write'), (req, res) => {
    visits = 0
    res.json({ visits, client: req.auth.clientId })
  })

  return app
}
