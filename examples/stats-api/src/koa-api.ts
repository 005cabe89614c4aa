import { requireScope, requireToken } from '@bearward/koa'
import Router from '@koa/router'
import Koa from 'koa'

/**
 * An API that counts visits, in Koa.
 *
 * @param issuer The authorization server, as its tokens name it in `iss`. Its keys are found from here.
 * @param audience This API, as tokens that are meant for it name it in `aud`.
 */
export function createKoaApi(issuer: string, audience: string): Koa {
  const app = new Koa()
  const router = new Router()
  let visits = 0

  app.use(requireToken({ issuer, audience }))

  router.get('/stats', requireScope('stats:read'), (ctx) => {
    ctx.body = { visits, client: ctx.state.auth.clientId }
  })

  router.post('/stats', requireScope('stats:write'), (ctx) => {
    visits += 1
    ctx.status = 201
    ctx.body = { visits, client: ctx.state.auth.clientId }
  })

  app.use(router.routes())
  return app
}
