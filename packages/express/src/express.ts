import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  ADDED_FIELDS,
  createAuthentications,
  fromNodeRequest,
  parseFreshness,
  recall,
  isRepresentationField,
  toAnswerOrError,
  toError,
  toResourceServer,
  type Answer,
  type Auth,
  type Authentication,
  type Authentications,
  type FreshnessOptions,
  type ProtectedResourceRequest,
  type RequireTokenOptions,
  type RequireTokenSource,
  type ResourceServer,
} from '@bearward/core'

/** The parts of an Express request that are read or set. */
interface ExpressRequest extends IncomingMessage {
  readonly originalUrl: string
  readonly secure: boolean
  readonly body?: unknown
  auth?: Auth | undefined
}

/** Middleware for Express 4 and 5. */
export type Handler = (
  req: ExpressRequest,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => Promise<void> | void

/** What `requireToken` decided. */
export const authentications: Authentications = createAuthentications()

/**
 * Requires a valid access token, and sets `req.auth`.
 *
 * @param source Options, or a resource server. Default: `BEARWARD_ISSUER` and `BEARWARD_AUDIENCE` of the environment, and
 *   `introspection` where `BEARWARD_INTROSPECTION_CLIENT_ID` and `BEARWARD_INTROSPECTION_CLIENT_SECRET` are set.
 * @param options With a resource server: whether a request without credentials may pass.
 *
 * @throws {@link ConfigurationError} at start-up, naming the option at fault
 *
 * @example
 *   app.use(requireToken({ issuer: 'https://as.example.com', audience: 'https://api.example.com' }))
 */
export function requireToken(source?: RequireTokenSource, options?: RequireTokenOptions): Handler {
  const { resourceServer, optional } = toResourceServer(source, options)
  return async (req, res, next) => {
    authentications.forget(req)
    try {
      req.auth = undefined
      const request = toRequest(req, res)
      const auth =
        recall(resourceServer, request) ?? (await resourceServer.authenticate(request, { optional }))
      if (res.headersSent) return // by a time-out, for example
      req.auth = authentications.record(req, { resourceServer, auth })
    } catch (error) {
      refuse(resourceServer, error, res, next)
      return
    }
    next()
  }
}

/**
 * Requires that the authorization server was asked about the access token no longer than `maxAge` seconds ago, and asks it
 * where that is not so; also about a JWT that was verified by its signature. Goes before all guards of the route, those of
 * parent routers included: they then see the scopes that are left, and what ran earlier is not checked again. Needs the
 * option `introspection`.
 *
 * @throws {@link ConfigurationError} at start-up, where `maxAge` is no number from 0 to 3600
 *
 * @example
 *   app.delete('/account', requireFresh({ maxAge: 0 }), requireScope('account:delete'), handler)
 */
export function requireFresh(options: FreshnessOptions): Handler {
  const freshness = parseFreshness(options)
  return (req, res, next) => {
    const authentication = authentications.find(req)
    authentications.forget(req)
    req.auth = undefined
    return renew(authentication, freshness, req, res, next)
  }
}

/**
 * Who makes the request, or `undefined` where nobody was authenticated: for routes behind `optional: true`.
 *
 * @example
 *   const name = findAuth(req)?.subject ?? 'anonymous'
 */
export function findAuth(req: IncomingMessage): Auth | undefined {
  return authentications.findAuth(req)
}

async function renew(
  { resourceServer, auth }: Authentication,
  freshness: FreshnessOptions,
  ...[req, res, next]: Parameters<Handler>
): Promise<void> {
  try {
    const current = await resourceServer.refresh(auth, freshness)
    if (res.headersSent) return // by a time-out, for example
    req.auth = current
    authentications.renew(req, { resourceServer, auth: current })
  } catch (error) {
    refuse(resourceServer, error, res, next)
    return
  }
  next()
}

/** Views a request as the core does. */
export function toRequest(req: ExpressRequest, res: ServerResponse): ProtectedResourceRequest {
  const { originalUrl: target, secure, body } = req
  return fromNodeRequest(req, {
    target,
    secure,
    body,
    setResponseField: (name, value) => {
      if (!res.headersSent) setField(res, name, value)
    },
  })
}

/** Answers our own errors; passes every other one to the error handlers of the application. */
export function refuse(
  resourceServer: ResourceServer,
  error: unknown,
  res: ServerResponse,
  next: (error: unknown) => void,
): void {
  const answer = toAnswerOrError(resourceServer, error)
  if (answer instanceof Error) {
    next(answer)
    return
  }
  try {
    if (!res.headersSent) send(res, answer)
  } catch (thrown) {
    res.statusCode = 500 // thrown by middleware that patched the response
    next(toError(thrown))
  }
}

/** Sends what the core answers, and nothing of what was to be sent. */
export function send(res: ServerResponse, { status, headers, body }: Answer): void {
  for (const name of res.getHeaderNames().filter(isRepresentationField)) res.removeHeader(name)
  res.statusCode = status
  if (status !== 304) res.setHeader('Content-Length', Buffer.byteLength(body)) // RFC 9110, section 15.4.5
  for (const [name, value] of Object.entries(headers)) {
    setField(res, name, value)
  }
  res.end(body)
}

function setField(res: ServerResponse, name: string, value: string | string[]): void {
  res.setHeader(name, ADDED_FIELDS.has(name) ? addValue(res.getHeader(name), value) : value)
}

/** A new array: `appendHeader` would grow the one that the application once gave to `setHeader`. */
function addValue(earlier: number | string | string[] = [], value: string | string[]): string[] {
  return [earlier, value].flat().map(String)
}
