import { ConfigurationError } from '@bearward/core'
import type { AccessToken } from './access-token.js'
import { copyOptions } from './check.js'
import type { TokenSourceOptions } from './options.js'
import { createResourceFetch } from './resource-fetch.js'
import { parseSettings } from './settings.js'
import { createTokenKeeper } from './token-keeper.js'
import { createTokenRequest } from './token-request.js'

/** Options of `getToken`. */
export interface GetTokenOptions {
  /** Ends the wait of this caller; the token is still got for the others. */
  readonly signal?: AbortSignal
  /** An access token of this source that was refused where it was sent: another one is got, where there is another. */
  readonly refused?: string | undefined
}

/** Gets access tokens for this client, and keeps the one that is good. */
export interface TokenSource {
  /**
   * The access token: from memory while it is good, else a new one, got once for all who ask at the same time. It is
   * renewed early, in the background, when it is asked for.
   *
   * @throws {TokenRequestError} The authorization server refuses.
   * @throws {TokenEndpointUnavailableError} It gives no usable answer, and no token is good any more.
   */
  getToken(options?: GetTokenOptions): Promise<AccessToken>

  /**
   * Makes a request with the access token, as `fetch` does, to one of the `origins`. Follows no redirect. Where the answer
   * is 401 with `invalid_token`, another token is got, and the request made once more with that; the 401 is the answer
   * where there is no other token to be had, or the body is a stream.
   *
   * @throws {ConfigurationError} Where the token must not go, or the request has credentials of its own.
   * @throws {TokenRequestError} As `getToken`.
   * @throws {TokenEndpointUnavailableError} As `getToken`.
   */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>
}

/**
 * Makes a token source for the client-credentials grant. It makes no request before it is asked for a token.
 *
 * @example
 *   const tokens = createTokenSource({
 *     issuer: 'https://as.example.com',
 *     clientId: 'stats-api',
 *     clientSecret,
 *     scope: 'invoices:read',
 *     resource: 'https://invoices.example.com',
 *   })
 *   const response = await tokens.fetch('https://invoices.example.com/invoices/17')
 *
 * @throws {@link ConfigurationError} Where an option is missing, unknown or cannot be used.
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const settings = parseSettings(options)
  const keeper = createTokenKeeper(settings, createTokenRequest(settings))
  return Object.freeze({
    async getToken(given: GetTokenOptions = {}) {
      const { signal, refused } = copyOptions(given, 'options', ['signal', 'refused'])
      if (signal !== undefined && !(signal instanceof AbortSignal))
        throw new ConfigurationError('signal', 'must be an AbortSignal')
      const token = await keeper.get(signal)
      return token.accessToken === refused ? ((await keeper.replace(token, signal)) ?? token) : token
    },
    fetch: createResourceFetch(settings, keeper),
  })
}
