import { requireScope, requireToken, type ResourceServer } from '@bearward/koa'
import Router from '@koa/router'
import Koa from 'koa'

/** An API for the users of two authorization servers. Routes need not know which: they ask for scopes. */
export function createApi(resourceServer: ResourceServer): Koa {
  const app = new Koa()
  const router = new Router()
  app.use(requireToken(resourceServer))

  router.get('/stats', requireScope('stats:read'), (ctx) => {
    const { issuer, clientId, via } = ctx.state.auth
    ctx.body = { issuer, clientId, via }
  })

  app.use(router.routes())
  return app
}
