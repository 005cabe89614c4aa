import { parseChallenges } from '@bearward/testing'
import type { Response } from 'supertest'
import { REFUSALS, type RefusalCode, type RefusalEntry } from '../../packages/core/src/refusals.js'
import type { RawResponse } from './raw.js'

/** Everything a refusal says, apart from which no refusal says anything. */
export interface Refusal {
  readonly status: number
  /** Scheme and parameters of each challenge. */
  readonly challenges: readonly Readonly<Record<string, string>>[]
  readonly cacheControl: string
  /** Parsed JSON, or empty. */
  readonly body: unknown
}

/** Reads a refusal. A parameter that a challenge has twice is an error. */
export function readRefusal(response: Response | RawResponse): Refusal {
  const valuesOf = (name: string): readonly string[] =>
    'fieldValues' in response ? response.fieldValues(name) : [response.headers[name] ?? []].flat()
  const content = 'fieldValues' in response ? response.body : response.text
  return {
    status: response.status,
    challenges: parseChallenges(valuesOf('www-authenticate')).map(({ scheme, parameters, repeated }) => {
      if (repeated.length > 0) throw new Error(`A challenge has ${repeated.join()} twice`)
      return { scheme, ...Object.fromEntries(parameters) }
    }),
    cacheControl: valuesOf('cache-control').join(),
    body: content === '' ? '' : JSON.parse(content),
  }
}

/** A refusal as the default options have it. */
function refusal(status: number, error?: string, description?: string, scope?: string): Refusal {
  const details = error === undefined ? {} : { error, error_description: String(description) }
  return {
    status,
    challenges: [
      {
        scheme: 'Bearer',
        realm: 'protected resource',
        ...(scope !== undefined && { scope }),
        ...details,
      },
    ],
    cacheControl: 'no-store',
    body: error === undefined ? '' : details,
  }
}

/**
 * What a refusal by this code says, as the default options have it.
 *
 * @param scope Where a scope is missing, what is required.
 */
export function refusalFor(code: RefusalCode, scope?: string): Refusal {
  const { status, error, description }: RefusalEntry = REFUSALS[code]
  return refusal(status, error, description, code === 'ERR_SCOPE_INSUFFICIENT' ? scope : undefined)
}

export const NO_CREDENTIALS = refusal(401)

export const MALFORMED = refusal(
  400,
  'invalid_request',
  'The credentials are not one well-formed access token',
)

export const REPEATED = refusal(400, 'invalid_request', 'The request carries credentials more than once')

export const NO_TLS = refusal(400, 'invalid_request', 'Access tokens are accepted over TLS only')

export const invalidToken = (description: string): Refusal => refusal(401, 'invalid_token', description)

export const SENDER_CONSTRAINED = invalidToken(
  'The access token is bound to a key and cannot be used as a Bearer token',
)

export const insufficientScope = (scope: string): Refusal =>
  refusal(403, 'insufficient_scope', 'The access token does not carry a required scope', scope)

export const INSUFFICIENT_CLAIMS = refusal(
  403,
  'insufficient_scope',
  'The access token does not allow this request',
)
