import {
  RefusedError,
  UnavailableError,
  type Auth,
  type ProtectedResourceRequest,
  type ResourceServer,
} from '@bearward/core'

/** A GET request with these header fields; a list stands for several field lines. */
export function requestWith(
  fields: Readonly<Record<string, string | readonly string[]>> = {},
): ProtectedResourceRequest {
  return {
    method: 'GET',
    target: '/stats',
    secure: undefined,
    fieldValues: (name) =>
      Object.entries(fields).flatMap(([field, value]) => (field.toLowerCase() === name ? value : [])),
  }
}

/** A GET request with a Bearer token. */
export function requestWithToken(token: string): ProtectedResourceRequest {
  return requestWith({ authorization: `Bearer ${token}` })
}

/** How a request ended: accepted, refused, or undecided. */
export type Verdict =
  | { readonly verdict: 'accepted'; readonly auth: Auth }
  | { readonly verdict: 'refused'; readonly error: RefusedError }
  | { readonly verdict: 'unavailable'; readonly error: UnavailableError }

/** The verdict on a request; any other error is thrown on, and fails the test. */
export async function judge(server: ResourceServer, request: ProtectedResourceRequest): Promise<Verdict> {
  try {
    return { verdict: 'accepted', auth: await server.authenticate(request) }
  } catch (error) {
    if (error instanceof RefusedError) return { verdict: 'refused', error }
    if (error instanceof UnavailableError) return { verdict: 'unavailable', error }
    throw error
  }
}

/** The verdict in a word: `accepted`, or the code of the error. */
export async function verdictOn(
  server: ResourceServer,
  request: ProtectedResourceRequest | string,
): Promise<string> {
  const outcome = await judge(server, typeof request === 'string' ? requestWithToken(request) : request)
  return outcome.verdict === 'accepted' ? 'accepted' : outcome.error.code
}
