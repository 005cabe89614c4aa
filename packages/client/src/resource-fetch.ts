import { ConfigurationError } from '@bearward/core'
import {
  allowInsecureRequests,
  customFetch,
  protectedResourceRequest,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi'
import { hasUserInformation, isSecure, parseUrl } from './address.js'
import type { Settings } from './settings.js'
import type { TokenKeeper } from './token-keeper.js'

/**
 * Makes the `fetch` that attaches the token, and sends it to the configured origins alone.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-2.1 RFC 6750, section 2.1} and section 5.3
 */
export function createResourceFetch(
  settings: Settings,
  keeper: TokenKeeper,
): (url: string | URL, init?: RequestInit) => Promise<Response> {
  return async (url, init = {}) => {
    const target = checkTarget(url, settings.origins)
    const headers = checkHeaders(init)
    const call = (token: string) => send(settings, target, { ...init, headers }, token)

    const token = await keeper.get(init.signal)
    const answer = await call(token.accessToken)
    if (!answer.isTokenRefused) return answer.response
    if (!canSendAgain(init.body)) {
      void keeper.replace(token) // for the requests to come
      return answer.response
    }
    const another = await keeper.replace(token, init.signal)
    if (another === undefined) return answer.response
    await discard(answer.response)
    return (await call(another.accessToken)).response
  }
}

/** @throws {@link ConfigurationError} where the token must not go */
function checkTarget(target: string | URL, origins: ReadonlySet<string>): URL {
  const url = parseUrl(String(target))
  if (url === undefined || hasUserInformation(url))
    throw new ConfigurationError('url', 'must be an absolute URL without user information')
  if (origins.size === 0) {
    const problem = 'is required for fetch, or resource in its place: to which origins the token may be sent'
    throw new ConfigurationError('origins', problem)
  }
  if (isSecure(url) && origins.has(url.origin)) return url
  throw new ConfigurationError(
    'origins',
    'does not name the origin of this URL: the token must not be sent there',
  )
}

/** @throws {@link ConfigurationError} where the caller brings credentials, or wants redirects followed */
function checkHeaders({ headers, redirect }: RequestInit): Headers {
  const copy = new Headers(headers)
  if (copy.has('authorization'))
    throw new ConfigurationError('headers', 'must not hold Authorization: it is set here')
  if (redirect !== undefined && redirect !== 'manual' && redirect !== 'error')
    throw new ConfigurationError(
      'redirect',
      'must be manual or error: a redirect could lead the token astray',
    )
  return copy
}

/** In characters: to take a longer challenge apart takes long. It is only looked whether it speaks of the token. */
const LONGEST_CHALLENGE = 2_048
const INVALID_TOKEN = /\berror="?invalid_token\b/i

/** What came of a request. */
interface Sent {
  readonly response: Response
  readonly isTokenRefused: boolean
}

/** One request. oauth4webapi sets the credentials, and reads the challenges of the answer. */
async function send(
  { fetch }: Settings,
  url: URL,
  init: RequestInit & { readonly headers: Headers },
  token: string,
): Promise<Sent> {
  const { headers, method = 'GET', redirect = 'manual' } = init
  let unread: Sent | undefined
  try {
    const response = await protectedResourceRequest(token, method, url, headers, null, {
      // The origin is one of those allowed: plain HTTP only on this machine.
      [allowInsecureRequests]: true,
      async [customFetch](address, request) {
        const answer = await fetch(address, { ...init, headers: request.headers, redirect })
        const challenge = answer.headers.get('www-authenticate') ?? ''
        if (challenge.length <= LONGEST_CHALLENGE) return answer
        unread = { response: answer, isTokenRefused: answer.status === 401 && INVALID_TOKEN.test(challenge) }
        return new Response()
      },
    })
    return unread ?? { response, isTokenRefused: false }
  } catch (error) {
    if (!(error instanceof WWWAuthenticateChallengeError)) throw error
    const { response, cause: challenges } = error
    const isRefusal = ({ scheme, parameters }: (typeof challenges)[number]) =>
      scheme === 'bearer' && parameters.error === 'invalid_token'
    return { response, isTokenRefused: response.status === 401 && challenges.some(isRefusal) }
  }
}

/** Frees the connection. What was left unread while a token was got may have failed by now, which is no matter. */
async function discard({ body }: Response): Promise<void> {
  await body?.cancel().catch(() => undefined)
}

/** A stream is gone once it is sent. */
function canSendAgain(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return true
  return !(Symbol.asyncIterator in body) && !('getReader' in body)
}
