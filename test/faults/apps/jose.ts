import { createRemoteJWKSet, errors, jwtVerify } from 'jose'
import { CACHE_SECONDS, readToken, toJwksUri, type Library } from './api.js'

/** It is no middleware: this one tells errors of the token from others as well as their types allow. */
export const jose: Library = {
  title: '`jose.createRemoteJWKSet`',
  packages: ['jose'],
  protect(source) {
    const { issuer, audience } = source
    const keySet = createRemoteJWKSet(new URL(toJwksUri(source)), { cacheMaxAge: CACHE_SECONDS * 1000 })
    return async (req, res, next) => {
      try {
        await jwtVerify(readToken(req.headers.authorization), keySet, { issuer, audience, typ: 'at+jwt' })
      } catch (error) {
        if (!isAboutToken(error)) throw error // Express answers 500
        res.status(401).set('WWW-Authenticate', 'Bearer error="invalid_token"').end()
        return
      }
      next()
    }
  },
}

const ABOUT_KEY_SET = ['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT']

function isAboutToken(error: unknown): boolean {
  return error instanceof errors.JOSEError && !ABOUT_KEY_SET.includes(error.code)
}
