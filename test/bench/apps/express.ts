import { createRequire } from 'node:module'
import { requireScope, requireToken } from '@bearward/express'
import express, { type ErrorRequestHandler, type RequestHandler } from 'express'
import { expressjwt } from 'express-jwt'
import { expressJwtSecret } from 'jwks-rsa'
import { ORIGIN, SCOPE, STATS, type App, type Source } from './app.js'

export const bareExpress: App = {
  title: 'Express',
  bare: 'express',
  create: () => createExpress(),
}

export const bearwardExpress: App = {
  title: 'Express, Bearward',
  bare: 'express',
  create: ({ issuer, audience, jwksUri }) =>
    createExpress(requireToken({ issuer, audience, jwksUri }), requireScope(SCOPE)),
}

/** Proofs are good for as long as those of `express-oauth2-jwt-bearer`, so that both can be sent the same. */
const PROOF_MAX_AGE = 300

export const bearwardDpop: App = {
  title: 'Express, Bearward, DPoP',
  bare: 'express',
  proofs: 'once',
  create: ({ issuer, audience, jwksUri }) =>
    createExpress(
      requireToken({ issuer, audience, jwksUri, dpop: { origin: ORIGIN, proofMaxAge: PROOF_MAX_AGE } }),
      requireScope(SCOPE),
    ),
}

/** Without its types: they declare `req.auth` for the whole program, as those of Bearward do. */
const require = createRequire(import.meta.url)
const { auth, requiredScopes } = require('express-oauth2-jwt-bearer') as {
  auth: (options: Omit<Source, 'algorithm'> & { readonly dpop?: object }) => RequestHandler
  requiredScopes: (scopes: string) => RequestHandler
}

export const expressOauth2JwtBearer: App = {
  title: 'Express, `express-oauth2-jwt-bearer`',
  bare: 'express',
  create: ({ issuer, audience, jwksUri }) =>
    createExpress(auth({ issuer, audience, jwksUri }), requiredScopes(SCOPE)),
}

/** It does not note which proofs were used. */
export const expressOauth2JwtBearerDpop: App = {
  title: 'Express, `express-oauth2-jwt-bearer`, DPoP',
  bare: 'express',
  proofs: 'as often as they come',
  create: ({ issuer, audience, jwksUri }) =>
    createExpress(
      auth({ issuer, audience, jwksUri, dpop: { enabled: true, iatOffset: PROOF_MAX_AGE } }),
      requiredScopes(SCOPE),
    ),
}

/** It knows no scopes. */
export const expressJwt: App = {
  title: 'Express, `express-jwt` + `jwks-rsa`',
  bare: 'express',
  create: ({ issuer, audience, jwksUri }) =>
    createExpress(
      expressjwt({
        secret: expressJwtSecret({ jwksUri, cache: true }),
        issuer,
        audience,
        algorithms: ['RS256'],
      }),
    ),
}

/** Sends no header fields that other frameworks do not send. */
export function createExpress(...handlers: readonly RequestHandler[]): ReturnType<App['create']> {
  const app = express().disable('x-powered-by').disable('etag')
  app.get('/stats', ...handlers, (_req, res) => {
    res.json(STATS)
  })
  app.use(answerError)
  return app as ReturnType<App['create']>
}

/** As that of Express, but silent. */
const answerError: ErrorRequestHandler = ({ status = 500 }: { status?: number }, _req, res, _next) => {
  res.status(status).end()
}
