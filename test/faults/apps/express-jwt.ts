import { expressjwt } from 'express-jwt'
import { expressJwtSecret } from 'jwks-rsa'
import { CACHE_SECONDS, toJwksUri, type Library, type Source } from './api.js'

const TIMES = { cache: true, cacheMaxAge: CACHE_SECONDS * 1000 }
const PACKAGES = ['express-jwt', 'jwks-rsa']

export const expressJwt: Library = {
  title: '`express-jwt` + `jwks-rsa`',
  packages: PACKAGES,
  protect: (source) => protect(source, {}),
}

/** With the two options that its documentation has for bad days. */
export const expressJwtWithFallback: Library = {
  title: '`express-jwt` + `jwks-rsa` with `cacheMaxAgeFallback` and `rateLimit`',
  packages: PACKAGES,
  protect: (source) => protect(source, { cacheMaxAgeFallback: 86_400_000, rateLimit: true }),
}

function protect(
  source: Source,
  options: { readonly cacheMaxAgeFallback?: number; readonly rateLimit?: boolean },
): ReturnType<Library['protect']> {
  return expressjwt({
    secret: expressJwtSecret({ jwksUri: toJwksUri(source), ...TIMES, ...options }),
    issuer: source.issuer,
    audience: source.audience,
    algorithms: ['RS256'],
  })
}
