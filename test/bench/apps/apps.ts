import type { App } from './app.js'
import { bareExpress, bearwardExpress, expressJwt, expressOauth2JwtBearer } from './express.js'
import { bareKoa, bearwardKoa, koaJwtApp } from './koa.js'

/** All applications, by the name under which one is started. */
export const APPS = {
  express: bareExpress,
  bearwardExpress,
  expressOauth2JwtBearer,
  expressJwt,
  koa: bareKoa,
  bearwardKoa,
  koaJwt: koaJwtApp,
} satisfies Record<string, App>

export type AppName = keyof typeof APPS

export const APP_NAMES = Object.keys(APPS) as readonly AppName[]
