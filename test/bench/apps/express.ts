import { createRequire } from 'node:module'
import { requireScope, requireToken } from '@bearward/express'
import express, { type RequestHandler } from 'express'
import { expressjwt } from 'express-jwt'
import { expressJwtSecret } from 'jwks-rsa'
import { SCOPE, STATS, type App, type Source } from './app.js'

export const bareExpress: App = {
  title: 'Express',
  bare: 'express',
  create: () => createApp(),
}

export const bearwardExpress: App = {
  title: 'Express, Bearward',
  bare: 'express',
  create: ({ issuer, audience, jwksUri }) =>
    createApp(requireToken({ issuer, audience, jwksUri }), requireScope(SCOPE)),
}

/** Without its types: they declare `req.auth` for the whole program, as those of Bearward do. */
const require = createRequire(import.meta.url)
const { auth, requiredScopes } = require('express-oauth2-jwt-bearer') as {
  auth: (options: Source) => RequestHandler
  requiredScopes: (scopes: string) => RequestHandler
}

export const expressOauth2JwtBearer: App = {
  title: 'Express, `express-oauth2-jwt-bearer`',
  bare: 'express',
  create: (source) => createApp(auth(source), requiredScopes(SCOPE)),
}

/** It knows no scopes. */
export const expressJwt: App = {
  title: 'Express, `express-jwt` + `jwks-rsa`',
  bare: 'express',
  create: ({ issuer, audience, jwksUri }) =>
    createApp(
      expressjwt({
        secret: expressJwtSecret({ jwksUri, cache: true }),
        issuer,
        audience,
        algorithms: ['RS256'],
      }),
    ),
}

function createApp(...handlers: readonly RequestHandler[]): ReturnType<App['create']> {
  const app = express()
  app.get('/stats', ...handlers, (_req, res) => {
    res.json(STATS)
  })
  return app as ReturnType<App['create']>
}
