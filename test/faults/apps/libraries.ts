import type { Library } from './api.js'
import { awsJwtVerify } from './aws-jwt-verify.js'
import { bearward, bearwardWithMetadata } from './bearward.js'
import { expressJwt, expressJwtWithFallback } from './express-jwt.js'
import { expressOauth2JwtBearer } from './express-oauth2-jwt-bearer.js'
import { jose } from './jose.js'

/** All libraries, by the name under which one is started. */
export const LIBRARIES = {
  bearward,
  bearwardWithMetadata,
  jose,
  expressOauth2JwtBearer,
  expressJwt,
  expressJwtWithFallback,
  awsJwtVerify,
} satisfies Record<string, Library>

export type LibraryName = keyof typeof LIBRARIES

export const LIBRARY_NAMES = Object.keys(LIBRARIES) as readonly LibraryName[]
