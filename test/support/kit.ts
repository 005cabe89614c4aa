import type { IncomingMessage, ServerResponse } from 'node:http'
import type {
  AccessTokenClaims,
  Auth,
  AuthorizationDetailPredicate,
  AuthorizationDetailShape,
  RequireTokenOptions,
  RequireTokenSource,
  ResourceServer,
  StepUpOptions,
} from '@bearward/core'
import { describeAuth, type Api } from './apis.js'

/** What the layers of an app under test see of a request, in every framework. */
export interface Exchange {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  /** `req.auth` or `ctx.state.auth`. */
  auth: Auth | undefined
  /** What `findAuth` of the adapter says. */
  findAuth(): Auth | undefined
  /** Parsed content: `req.body` or `ctx.request.body`. */
  body: unknown
  /** Answers as the framework does, with JSON. */
  answer(status: number, content: unknown): void
}

/** What a layer does with a request. */
export type Run = (exchange: Exchange) => Promise<void> | void

/** Middleware of a framework. */
export type Layer = (...parameters: never[]) => unknown

/** What apps are built of: the middleware of the adapter, and the same few layers in every framework. */
export interface Kit {
  requireToken(source?: RequireTokenSource, options?: RequireTokenOptions): Layer
  requireScope(...scopes: readonly string[]): Layer
  requireAnyScope(...scopes: readonly string[]): Layer
  requireClaims(predicate: (claims: AccessTokenClaims) => boolean): Layer
  requireStepUp(options: StepUpOptions): Layer
  requireAuthorizationDetails(required: AuthorizationDetailPredicate | AuthorizationDetailShape): Layer
  protectedResourceMetadata(resourceServer: ResourceServer): Layer
  /** Does something, and lets the request pass. */
  step(run: Run): Layer
  /** A handler of every method. Default: answers with who makes the request, `null` where nobody does. */
  handler(run?: Run): Layer
  /** Parses forms and JSON. */
  parseBody(): Layer
  /** Lets every origin read responses, and their challenges. */
  cors(): Layer
  /** Routes GET and HEAD. */
  get(path: string, ...layers: readonly Layer[]): Layer
  /** Runs these layers below a path alone; what they let pass goes on. */
  mount(path: string, ...layers: readonly Layer[]): Layer
  /** Mounts an app of its own. */
  mountApp(path: string, ...layers: readonly Layer[]): Layer
  /** A router that has a prefix, and in it a router with a route. */
  nestRouters(prefix: string, path: string, ...layers: readonly Layer[]): Layer
}

/** Settings that frameworks spell differently. */
export interface AppSettings {
  /** Believes `X-Forwarded-Proto`. Default: `false`. */
  readonly trustProxy?: boolean
}

/** Makes an app of layers. */
export type AppFactory = (build: (kit: Kit) => readonly Layer[], settings?: AppSettings) => Api

/** What a handler does by default. */
export const answerWithAuth: Run = (exchange) => {
  exchange.answer(200, describeAuth(exchange.auth))
}
