import type { ReceivedRequest } from '../http/message.js'
import type { OAuthError } from './oauth-error.js'

/** The parameters of a request; one without a value is not there (RFC 6749, section 3.2). */
export type Form = ReadonlyMap<string, string>

/**
 * Reads `application/x-www-form-urlencoded` content.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.2 RFC 6749, section 3.2}
 */
export function readForm(request: ReceivedRequest): Form | OAuthError {
  const [mediaType = ''] = (request.headers['content-type'] ?? '').split(';', 1)
  if (mediaType.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    return { error: 'invalid_request', description: 'The content must be application/x-www-form-urlencoded' }
  }
  const form = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(request.body)) {
    if (form.has(name))
      return { error: 'invalid_request', description: 'A parameter is there more than once' }
    form.set(name, value)
  }
  return new Map([...form].filter(([, value]) => value !== ''))
}

/** Undoes the encoding of one form value; undefined where the percent signs make no sense. */
export function decodeFormValue(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}
