import { createRequire } from 'node:module'
import type { RequestHandler } from 'express'
import { CACHE_SECONDS, toJwksUri, type Library } from './api.js'

/** Without its types: they declare `req.auth` for the whole program, as those of Bearward do. */
const require = createRequire(import.meta.url)
const { auth } = require('express-oauth2-jwt-bearer') as {
  auth: (options: {
    readonly issuer: string
    readonly audience: string
    readonly jwksUri: string
    readonly cacheMaxAge: number
  }) => RequestHandler
}

export const expressOauth2JwtBearer: Library = {
  title: '`express-oauth2-jwt-bearer`',
  packages: ['express-oauth2-jwt-bearer'],
  protect: (source) =>
    auth({
      issuer: source.issuer,
      audience: source.audience,
      jwksUri: toJwksUri(source),
      cacheMaxAge: CACHE_SECONDS * 1000,
    }),
}
