export {
  ConfigurationError,
  type Clock,
  type PrivateKeyOptions,
  type Seconds,
  type SecretOptions,
} from '@bearward/core'
export type { AccessToken } from './access-token.js'
export {
  TokenEndpointUnavailableError,
  TokenRequestError,
  type TokenEndpointOutageCode,
  type TokenErrorCode,
} from './errors.js'
export type {
  CredentialOptions,
  ServerOptions,
  TlsOptions,
  TokenSourceFetch,
  TokenSourceOptions,
} from './options.js'
export { createTokenSource, type GetTokenOptions, type TokenSource } from './token-source.js'
