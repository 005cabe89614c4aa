import type { Auth } from '@bearward/core'
import * as bearward from '@bearward/koa'
import { bodyParser } from '@koa/bodyparser'
import cors from '@koa/cors'
import Router from '@koa/router'
import type Koa3 from 'koa'
import mount from 'koa-mount'
import type { Api } from './apis.js'
import { answerWithAuth, type AppFactory, type Exchange, type Kit, type Layer } from './kit.js'

/** Makes a Koa app of layers. What comes to its error path is answered with 500. */
export function createKoaApp(
  Koa: typeof Koa3,
  ...[build, { trustProxy = false } = {}]: Parameters<AppFactory>
): Api {
  const errors: unknown[] = []
  let handled = 0
  const createApp = (layers: readonly Layer[]) => {
    const app = new Koa()
    for (const layer of layers as readonly Koa3.Middleware[]) app.use(layer)
    return app
  }
  const route = (path: string, layers: readonly Layer[]) =>
    new Router().get(path, ...(layers as readonly Koa3.Middleware[])).routes()
  const kit: Kit = {
    ...bearward,
    step: (run) => async (ctx: Koa3.Context, next: Koa3.Next) => {
      await run(toExchange(ctx))
      await next()
    },
    handler:
      (run = answerWithAuth) =>
      async (ctx: Koa3.Context) => {
        handled += 1
        await run(toExchange(ctx))
      },
    parseBody: () => bodyParser(),
    cors: () => cors({ exposeHeaders: ['WWW-Authenticate'] }),
    get: (path, ...layers) => route(path, layers),
    mount: (path, ...layers) => mount(path, createApp(layers)),
    mountApp: (path, ...layers) => mount(path, createApp(layers)),
    nestRouters: (prefix, path, ...layers) => new Router({ prefix }).use(route(path, layers)).routes(),
  }
  const app = createApp(build(kit))
  app.proxy = trustProxy
  app.on('error', (error: unknown) => {
    errors.push(error)
  })
  return { listener: app.callback(), handled: () => handled, errors }
}

function toExchange(ctx: Koa3.Context): Exchange {
  const state: { auth?: Auth | undefined } = ctx.state
  const request: { body?: unknown } = ctx.request
  return {
    message: ctx.req,
    response: ctx.res,
    findAuth: () => bearward.findAuth(ctx),
    get auth() {
      return state.auth
    },
    set auth(auth) {
      state.auth = auth
    },
    get body() {
      return request.body
    },
    set body(body) {
      request.body = body
    },
    answer(status, content) {
      ctx.status = status
      ctx.body = JSON.stringify(content)
      ctx.type = 'json'
    },
  }
}
