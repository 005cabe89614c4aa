import type {} from 'koa'
import type { Auth } from '@bearward/core'

export {
  attributeValues,
  ConfigurationError,
  createResourceServer,
  PROFILES,
  RefusedError,
  UnavailableError,
  type AccessTokenClaims,
  type Auth,
  type OutageCode,
  type RefusalCode,
  type ResourceServer,
  type ResourceServerOptions,
} from '@bearward/core'
export {
  findAuth,
  requireAnyScope,
  requireClaims,
  requireFresh,
  requireScope,
  requireToken,
  type Middleware,
} from './koa.js'

declare module 'koa' {
  interface DefaultState {
    /** Who makes the request: set by `requireToken`. Behind `optional: true`, use `findAuth` instead. */
    auth: Auth
  }
}
