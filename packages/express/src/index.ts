import type { Auth } from '@bearward/core'

export {
  ConfigurationError,
  createResourceServer,
  RefusedError,
  UnavailableError,
  type AccessTokenClaims,
  type Auth,
  type ResourceServer,
  type ResourceServerOptions,
} from '@bearward/core'
export { requireAnyScope, requireClaims, requireScope, requireToken, type Handler } from './express.js'

declare global {
  namespace Express {
    interface Request {
      /** Who makes the request: set by `requireToken`. With `optional: true` it may be `undefined`. */
      auth: Auth
    }
  }
}
