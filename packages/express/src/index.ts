import type { Auth } from '@bearward/core'

export {
  attributeValues,
  authorizationDetails,
  ConfigurationError,
  createResourceServer,
  PROFILES,
  RefusedError,
  UnavailableError,
  type AccessTokenClaims,
  type Actor,
  type Auth,
  type AuthorizationDetail,
  type AuthorizationDetailPredicate,
  type AuthorizationDetailShape,
  type ClientCertificateOptions,
  type DpopOptions,
  type OutageCode,
  type RefusalCode,
  type ReplayStore,
  type RequireTokenOptions,
  type ResourceServer,
  type ResourceServerOptions,
  type StepUpOptions,
} from '@bearward/core'
export { findAuth, requireFresh, requireToken, type Handler } from './express.js'
export {
  requireAnyScope,
  requireAuthorizationDetails,
  requireClaims,
  requireScope,
  requireStepUp,
} from './guards.js'
export { protectedResourceMetadata } from './metadata.js'

declare global {
  namespace Express {
    interface Request {
      /** Who makes the request: set by `requireToken`. Behind `optional: true`, use `findAuth` instead. */
      auth: Auth
    }
  }
}
