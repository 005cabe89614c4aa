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
  type Handler,
} from './express.js'

declare global {
  namespace Express {
    interface Request {
      /** Who makes the request: set by `requireToken`. Behind `optional: true`, use `findAuth` instead. */
      auth: Auth
    }
  }
}
