import type { RequestListener } from 'node:http'
import type { ResourceServer, ResourceServerOptions } from '@bearward/core'
import * as forExpress from '@bearward/express'
import * as forKoa from '@bearward/koa'
import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import express5 from 'express'
import express4 from 'express4'
import Koa3 from 'koa'
import Koa2 from 'koa2'

/** The token options of an API under test. */
export type ApiOptions = ResourceServer | (ResourceServerOptions & { readonly optional?: boolean })

/**
 * An API under test. All routes but `/unguarded` stand behind `requireToken`:
 *
 * - `GET /me` needs any token, and answers with who makes the request (`null` where nobody does)
 * - `GET /stats` needs `stats:read`, `POST /stats` needs `stats:write` and `stats:read`
 * - `GET /any` needs `stats:read` or `stats:admin`
 * - `GET /users` needs a token whose subject is not its client
 * - `GET /unguarded` has a `requireScope`, but no `requireToken` before it
 */
export interface Api {
  readonly listener: RequestListener
  /** How often a handler ran. */
  handled(): number
  /** What came out on the error path of the framework. */
  readonly errors: unknown[]
}

export type ApiFactory = (options: ApiOptions) => Api

const isUser = (claims: forExpress.AccessTokenClaims): boolean =>
  claims.sub !== undefined && claims.sub !== claims.client_id

/** Who makes the request, as the handlers answer. */
export const describeAuth = (auth: forExpress.Auth | undefined) =>
  auth === undefined ? null : { subject: auth.subject, clientId: auth.clientId, scopes: [...auth.scopes] }

function createExpressApi(express: typeof express5, options: ApiOptions): Api {
  const { requireAnyScope, requireClaims, requireScope, requireToken } = forExpress
  const app = express()
  const errors: unknown[] = []
  let handled = 0
  const handler: express5.RequestHandler = (req, res) => {
    handled += 1
    res.json(describeAuth(req.auth))
  }
  app.get('/unguarded', requireScope('stats:read'), handler)
  app.use(express.urlencoded({ extended: true }))
  app.use(requireToken(options))
  app.get('/me', handler)
  app.get('/stats', requireScope('stats:read'), handler)
  app.post('/stats', requireScope('stats:read', 'stats:write'), handler)
  app.get('/any', requireAnyScope('stats:read', 'stats:admin'), handler)
  app.get('/users', requireClaims(isUser), handler)
  const onError: express5.ErrorRequestHandler = (error: unknown, _req, res, _next) => {
    errors.push(error)
    res.status(500).end()
  }
  app.use(onError)
  return { listener: app, handled: () => handled, errors }
}

function createKoaApi(Koa: typeof Koa3, options: ApiOptions): Api {
  const { requireAnyScope, requireClaims, requireScope, requireToken } = forKoa
  const app = new Koa()
  const router = new Router()
  const errors: unknown[] = []
  let handled = 0
  const handler = (ctx: Koa3.Context): void => {
    handled += 1
    ctx.body = JSON.stringify(describeAuth(ctx.state.auth))
    ctx.type = 'json'
  }
  app.on('error', (error: unknown) => {
    errors.push(error)
  })
  const unguarded = new Router()
  unguarded.get('/unguarded', requireScope('stats:read'), handler)
  app.use(unguarded.routes())
  app.use(bodyParser())
  app.use(requireToken(options))
  router.get('/me', handler)
  router.get('/stats', requireScope('stats:read'), handler)
  router.post('/stats', requireScope('stats:read', 'stats:write'), handler)
  router.get('/any', requireAnyScope('stats:read', 'stats:admin'), handler)
  router.get('/users', requireClaims(isUser), handler)
  app.use(router.routes())
  return { listener: app.callback(), handled: () => handled, errors }
}

/** Every adapter on every major of its framework: one contract for all. */
export const ADAPTERS: readonly (readonly [name: string, createApi: ApiFactory])[] = [
  ['Express 4', (options) => createExpressApi(express4, options)],
  ['Express 5', (options) => createExpressApi(express5, options)],
  ['Koa 2', (options) => createKoaApi(Koa2, options)],
  ['Koa 3', (options) => createKoaApi(Koa3, options)],
]
