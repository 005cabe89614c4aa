import { atOnce } from './at-once.js'
import { RefusedError } from './errors.js'
import { isForm } from './form.js'
import type { Scheme } from './binding/confirmation.js'
import type { ProtectedResourceRequest } from './request.js'

/** Where an access token may stand in a request; the values are those of RFC 9728's `bearer_methods_supported`. */
export type BearerMethod = 'header' | 'body'

/** An access token as received, and the scheme that it came with. Nothing in it is checked. */
export interface Credentials {
  readonly scheme: Scheme
  readonly token: string
}

/** How credentials are read. */
export interface CredentialsPolicy {
  readonly requireTls: boolean
  readonly bearerMethods: ReadonlySet<BearerMethod>
  /** Whether the scheme DPoP is known. */
  readonly acceptsDpop: boolean
  readonly readAccessToken: ((request: ProtectedResourceRequest) => string | null | undefined) | undefined
}

/** A scheme, and what follows it, RFC 9110, section 11.4. */
const CREDENTIALS = /^([!#$%&'*+\-.^`|~\w]+)(?: +([^ ].*)?)?$/s
/** How nearly all spell the scheme. */
const USUAL = 'Bearer '
/** `b64token`, RFC 6750, section 2.1. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/
/** Methods whose content has a meaning (RFC 6750, section 2.2, shuts out GET; RFC 9110 leaves HEAD and DELETE without). */
const METHODS_WITH_CONTENT = new Set(['POST', 'PUT', 'PATCH'])

/**
 * Reads the one access token of a request.
 *
 * A scheme that is not known is the same as no credentials (RFC 6750, section 3.1).
 *
 * @throws {@link RefusedError} `ERR_TLS_REQUIRED`, `ERR_CREDENTIALS_REPEATED`, `ERR_CREDENTIALS_MALFORMED` where there is no
 *   telling what the token would be
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-2 RFC 6750, section 2}
 */
export function readCredentials(
  request: ProtectedResourceRequest,
  policy: CredentialsPolicy,
): Credentials | undefined {
  if (policy.requireTls && request.secure !== true) throw new RefusedError('ERR_TLS_REQUIRED')
  const found = policy.readAccessToken
    ? [toBearer(checkFound(atOnce<unknown>(policy.readAccessToken(request))))]
    : [
        policy.bearerMethods.has('header') || policy.acceptsDpop ? readHeader(request, policy) : undefined,
        policy.bearerMethods.has('body') ? toBearer(readBody(request)) : undefined,
      ]
  const [credentials, ...others] = found.filter((candidate) => candidate !== undefined)
  if (others.length > 0) throw new RefusedError('ERR_CREDENTIALS_REPEATED') // RFC 6750, section 2
  return credentials
}

/**
 * Checks the syntax of a token, of which every JWT is part: what has been parsed as one needs no look.
 *
 * @throws {@link RefusedError} `ERR_CREDENTIALS_MALFORMED`
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-2.1 RFC 6750, section 2.1}
 */
export function checkToken(token: string): void {
  if (!TOKEN.test(token)) throw new RefusedError('ERR_CREDENTIALS_MALFORMED')
}

/**
 * The access token, where it stands in the one place where nearly all of them do; not checked at all: good for comparing it
 * with a token that was.
 *
 * @returns `undefined` where {@link readCredentials} must look
 */
export function peekToken(
  request: ProtectedResourceRequest,
  { requireTls, bearerMethods, readAccessToken }: CredentialsPolicy,
): string | undefined {
  if (readAccessToken !== undefined || bearerMethods.has('body') || !bearerMethods.has('header'))
    return undefined
  if (requireTls && request.secure !== true) return undefined
  const values = request.fieldValues('authorization')
  const [value] = values
  return values.length === 1 && value?.startsWith(USUAL) === true ? value.slice(USUAL.length) : undefined
}

/** What the application's own reader found. One that answers with a promise is a mistake of its developer. */
function checkFound(token: unknown): string | undefined {
  if (token === undefined || token === null || token === '') return undefined
  if (Array.isArray(token)) throw new RefusedError('ERR_CREDENTIALS_REPEATED')
  if (typeof token !== 'string')
    throw new TypeError('readAccessToken must return a string or undefined, at once')
  return token
}

function toBearer(token: string | undefined): Credentials | undefined {
  return token === undefined ? undefined : { scheme: 'Bearer', token }
}

/** RFC 6750, section 2.1; RFC 9449, section 7.1; RFC 9110, section 11.6.2. */
function readHeader(
  request: ProtectedResourceRequest,
  { bearerMethods, acceptsDpop }: CredentialsPolicy,
): Credentials | undefined {
  const [value, ...others] = request.fieldValues('authorization')
  if (others.length > 0) throw new RefusedError('ERR_CREDENTIALS_REPEATED')
  if (value === undefined || value === '') return undefined
  const acceptsBearer = bearerMethods.has('header')
  if (acceptsBearer && value.startsWith(USUAL) && value[USUAL.length] !== ' ')
    return { scheme: 'Bearer', token: value.slice(USUAL.length) }
  const [, scheme, rest = ''] = CREDENTIALS.exec(value) ?? []
  if (scheme === undefined) throw new RefusedError('ERR_CREDENTIALS_MALFORMED')
  const name = scheme.toLowerCase()
  if (acceptsBearer && name === 'bearer') return { scheme: 'Bearer', token: rest }
  return acceptsDpop && name === 'dpop' ? { scheme: 'DPoP', token: rest } : undefined
}

/** RFC 6750, section 2.2. */
function readBody(request: ProtectedResourceRequest): string | undefined {
  if (!METHODS_WITH_CONTENT.has(request.method.toUpperCase())) return undefined
  const mediaTypes = request.fieldValues('content-type').flatMap((value) => value.split(','))
  // Parsers take one media type, and nobody knows which.
  if (mediaTypes.length > 1 && isForm(mediaTypes)) throw new RefusedError('ERR_CREDENTIALS_MALFORMED')
  const form = request.form?.()
  if (form === undefined || !Object.hasOwn(form, 'access_token')) return undefined
  if (Array.isArray(form['access_token'])) throw new RefusedError('ERR_CREDENTIALS_REPEATED')
  const isExact = METHODS_WITH_CONTENT.has(request.method) // some parsers take it in whatever case
  if (isExact && typeof form['access_token'] === 'string') return form['access_token']
  throw new RefusedError('ERR_CREDENTIALS_MALFORMED')
}
