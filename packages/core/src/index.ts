export {
  ADDED_FIELDS,
  createAuthentications,
  toAnswerOrError,
  isRepresentationField,
  toError,
  toResourceServer,
  type Authentication,
  type Authentications,
  type RequireTokenOptions,
  type RequireTokenSource,
} from './adapter.js'
export type { Answer } from './answer.js'
export { createAuth, type Auth, type AuthParts } from './auth.js'
export {
  authorizationDetails,
  detailsThat,
  type AuthorizationDetail,
  type AuthorizationDetailPredicate,
  type AuthorizationDetailShape,
} from './authorization/details.js'
export {
  allScopes,
  anyScope,
  claimsThat,
  type Authorization,
  type Requirement,
  type Unmet,
} from './authorization/requirement.js'
export { attributeValues } from './authorization/scope.js'
export { stepUp, type NeededAuthentication, type StepUpOptions } from './authorization/step-up.js'
export { parseClientCredentials } from './config/credentials.js'
export { parseFreshness } from './config/freshness.js'
export type { Scheme } from './binding/confirmation.js'
export type { ReplayStore } from './binding/replay.js'
export type { BearerMethod } from './credentials.js'
export { createDeclarations, type Declarations } from './declarations.js'
export { ConfigurationError, RefusedError, UnavailableError, type ResponseHeaders } from './errors.js'
export type { AuthorizationServerHealth, Health } from './health.js'
export type {
  CertificateOptions,
  ForgetCriteria,
  FreshnessOptions,
  IntrospectionCacheOptions,
  IntrospectionCredentials,
  IntrospectionOptions,
  PrivateKeyOptions,
  SecretOptions,
} from './introspection-options.js'
export type { KeySearchStore, KeySetSighting } from './keys/key-search-store.js'
export type { DeclaredDemands } from './metadata/protected-resource.js'
export type { Operations } from './operations.js'
export type { OutageCode, RefusalCode } from './refusals.js'
export { createClientAuthentication, type ClientCredentials } from './http/client-authentication.js'
export type { Fetch, FetchInit, FetchResponse } from './http/fetch.js'
export type {
  AudienceOptions,
  AuthorizationServerOptions,
  CommonOptions,
  IssuerOptions,
  Refresh,
  RefusalBody,
  ResolveAuthorizationServer,
  ResolvedIssuersOptions,
  ResourceServerOptions,
  SeveralIssuersOptions,
  SingleIssuerOptions,
} from './options.js'
export type { ResourceMetadataOptions } from './resource-metadata-options.js'
export {
  fromNodeRequest,
  fromWebRequest,
  type ClientConnection,
  type NodeRequest,
  type NodeRequestOverrides,
  type ProtectedResourceRequest,
} from './request.js'
export { createResourceServer, recall, type ResourceServer } from './resource-server.js'
export type {
  ClientCertificateOptions,
  DpopOptions,
  SenderConstraintOptions,
} from './sender-constraint-options.js'
export type { KeySetSnapshot, Snapshot } from './snapshot.js'
export { systemClock, type Clock, type Seconds } from './time.js'
export type { Actor } from './token/actor.js'
export type { AccessTokenClaims } from './token/claims.js'
export type { Forgotten, StoredVerdict, VerdictStore } from './token/verdict-store.js'
export {
  PROFILES,
  type AccessTokenProfile,
  type OptionalClaim,
  type ProfileName,
  type ScopesFrom,
} from './token/profile.js'
