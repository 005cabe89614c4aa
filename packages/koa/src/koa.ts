import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  ADDED_FIELDS,
  createAuthentications,
  fromNodeRequest,
  parseFreshness,
  recall,
  isRepresentationField,
  toAnswerOrError,
  toResourceServer,
  type Answer,
  type Auth,
  type Authentications,
  type FreshnessOptions,
  type ProtectedResourceRequest,
  type RequireTokenOptions,
  type RequireTokenSource,
  type ResourceServer,
} from '@bearward/core'

/** The parts of a Koa context that are read or set. */
interface KoaContext {
  /** `originalUrl`: where the app is mounted in one of Express. */
  readonly req: IncomingMessage & { readonly originalUrl?: string }
  readonly res: ServerResponse
  readonly request: object
  readonly originalUrl: string
  readonly secure: boolean
  readonly headerSent: boolean
  readonly state: object
  status: number
  body: unknown
  set(name: string, value: string | string[]): void
  append(name: string, value: string | string[]): void
  remove(name: string): void
}

/** Middleware for Koa 2 and 3. */
export type Middleware = (ctx: KoaContext, next: () => Promise<unknown>) => Promise<void>

/** What `requireToken` decided. */
export const authentications: Authentications = createAuthentications()

/**
 * Requires a valid access token, and sets `ctx.state.auth`.
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
export function requireToken(source?: RequireTokenSource, options?: RequireTokenOptions): Middleware {
  const { resourceServer, optional } = toResourceServer(source, options)
  return async (ctx, next) => {
    setAuth(ctx, undefined)
    authentications.forget(ctx)
    let auth: Auth | undefined
    try {
      const request = toRequest(ctx)
      auth = recall(resourceServer, request) ?? (await resourceServer.authenticate(request, { optional }))
    } catch (error) {
      refuse(resourceServer, error, ctx)
      return
    }
    if (ctx.headerSent) return // by a time-out, for example
    setAuth(ctx, authentications.record(ctx, { resourceServer, auth }))
    await next()
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
 *   router.delete('/account', requireFresh({ maxAge: 0 }), requireScope('account:delete'), handler)
 */
export function requireFresh(options: FreshnessOptions): Middleware {
  const freshness = parseFreshness(options)
  return async (ctx, next) => {
    const { resourceServer, auth } = authentications.find(ctx)
    authentications.forget(ctx)
    setAuth(ctx, undefined)
    let current: Auth
    try {
      current = await resourceServer.refresh(auth, freshness)
    } catch (error) {
      refuse(resourceServer, error, ctx)
      return
    }
    if (ctx.headerSent) return // by a time-out, for example
    setAuth(ctx, current)
    authentications.renew(ctx, { resourceServer, auth: current })
    await next()
  }
}

/**
 * Who makes the request, or `undefined` where nobody was authenticated: for routes behind `optional: true`.
 *
 * @example
 *   const name = findAuth(ctx)?.subject ?? 'anonymous'
 */
export function findAuth(ctx: KoaContext): Auth | undefined {
  return authentications.findAuth(ctx)
}

/** Views a request as the core does. */
export function toRequest(ctx: KoaContext): ProtectedResourceRequest {
  const { req, request, secure } = ctx
  const { body, rawBody }: { readonly body?: unknown; readonly rawBody?: unknown } = request
  return fromNodeRequest(req, {
    target: req.originalUrl ?? ctx.originalUrl,
    secure,
    body,
    rawBody,
    setResponseField: (name, value) => {
      if (!ctx.headerSent) setField(ctx, name, value)
    },
  })
}

function setAuth(ctx: KoaContext, auth: Auth | undefined): void {
  Object.assign(ctx.state, { auth })
}

/** Answers our own errors; throws every other one, to the error path of the application. */
export function refuse(resourceServer: ResourceServer, error: unknown, ctx: KoaContext): void {
  const answer = toAnswerOrError(resourceServer, error)
  if (answer instanceof Error) throw answer
  if (!ctx.headerSent) send(ctx, answer)
}

/** Sends what the core answers, and nothing of what was to be sent. */
export function send(ctx: KoaContext, answer: Answer): void {
  for (const name of ctx.res.getHeaderNames().filter(isRepresentationField)) ctx.remove(name)
  ctx.status = answer.status
  ctx.body = answer.body
  ctx.remove('Content-Type') // Koa's guess
  for (const [name, value] of Object.entries(answer.headers)) {
    setField(ctx, name, typeof value === 'string' ? value : [...value])
  }
}

function setField(ctx: KoaContext, name: string, value: string | string[]): void {
  if (ADDED_FIELDS.has(name)) ctx.append(name, value)
  else ctx.set(name, value)
}
