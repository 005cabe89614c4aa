import { requireScope, requireToken } from '@bearward/koa'
import Koa, { type Middleware } from 'koa'
import koaJwt from 'koa-jwt'
import { koaJwtSecret } from 'jwks-rsa'
import { SCOPE, STATS, type App } from './app.js'

export const bareKoa: App = {
  title: 'Koa',
  bare: 'koa',
  create: () => createApp(),
}

export const bearwardKoa: App = {
  title: 'Koa, Bearward',
  bare: 'koa',
  create: ({ issuer, audience, jwksUri }) =>
    createApp(requireToken({ issuer, audience, jwksUri }), requireScope(SCOPE)),
}

/** It knows no scopes. */
export const koaJwtApp: App = {
  title: 'Koa, `koa-jwt` + `jwks-rsa`',
  bare: 'koa',
  create: ({ issuer, audience, jwksUri }) =>
    createApp(
      koaJwt({ secret: koaJwtSecret({ jwksUri, cache: true }), issuer, audience, algorithms: ['RS256'] }),
    ),
}

function createApp(...middleware: readonly Middleware[]): ReturnType<App['create']> {
  const app = new Koa()
  for (const each of middleware) app.use(each)
  app.use((ctx) => {
    ctx.body = STATS
  })
  const handle = app.callback()
  return (request, response) => void handle(request, response)
}
