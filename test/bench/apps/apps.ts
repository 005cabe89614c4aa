import type { App } from './app.js'
import {
  bareExpress,
  bearwardDpop,
  bearwardExpress,
  createExpress,
  expressJwt,
  expressOauth2JwtBearer,
  expressOauth2JwtBearerDpop,
} from './express.js'
import { bareFastify, fastifyJwt } from './fastify.js'
import { bareHono, honoJwk } from './hono.js'
import { bareKoa, bearwardKoa, koaJwtApp } from './koa.js'
import { passportJwt } from './passport.js'
import { verifyInLine, verifyWithJose } from './signature.js'

const ALL = {
  express: bareExpress,
  bearwardExpress,
  expressOauth2JwtBearer,
  expressJwt,
  passportJwt,
  koa: bareKoa,
  bearwardKoa,
  koaJwt: koaJwtApp,
  fastify: bareFastify,
  fastifyJwt,
  hono: bareHono,
  honoJwk,
  bearwardDpop,
  expressOauth2JwtBearerDpop,
  inLine: {
    title: 'Express, `crypto.verify` in line',
    bare: 'express',
    create: async (source) => createExpress(await verifyInLine(source)),
  },
  jose: {
    title: 'Express, `jose.jwtVerify`',
    bare: 'express',
    create: (source) => createExpress(verifyWithJose(source)),
  },
} satisfies Record<string, App>

export type AppName = keyof typeof ALL

/** All applications, by the name under which one is started. */
export const APPS: Readonly<Record<AppName, App>> = ALL

export const APP_NAMES = Object.keys(APPS) as readonly AppName[]
