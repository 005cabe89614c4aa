import { requireFresh, requireScope, requireToken } from '@bearward/koa'
import Router from '@koa/router'
import Koa from 'koa'
import type { ClientRegistration } from './registrations.js'

/**
 * The same API for opaque tokens: what they mean, it asks the authorization server.
 *
 * @param issuer The authorization server. Where it is asked is found from here.
 * @param audience This API, as the authorization server names it in `aud` of its answers.
 * @param client This API as a client of the authorization server, which does not answer to everybody.
 */
export function createKoaOpaqueApi(
  issuer: string,
  audience: string,
  { clientId, clientSecret }: Pick<ClientRegistration, 'clientId' | 'clientSecret'>,
): Koa {
  const app = new Koa()
  const router = new Router()
  let visits = 0

  app.use(requireToken({ issuer, audience, introspection: { clientId, clientSecret } }))

  router.get('/stats', requireScope('stats:read'), (ctx) => {
    ctx.body = { visits, client: ctx.state.auth.clientId }
  })

  router.post('/stats', requireScope('stats:write'), (ctx) => {
    visits += 1
    ctx.status = 201
    ctx.body = { visits, client: ctx.state.auth.clientId }
  })

  // What cannot be undone: the authorization server is asked for each request.
  router.delete('/stats', requireFresh({ maxAge: 0 }), requireScope('stats:write'), (ctx) => {
    visits = 0
    ctx.body = { visits, client: ctx.state.auth.clientId }
  })

  app.use(router.routes())
  return app
}
