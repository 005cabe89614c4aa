import {
  createResourceServer,
  RefusedError,
  UnavailableError,
  type Auth,
  type ForgetCriteria,
  type ResourceServer,
  type ResourceServerOptions,
  type Seconds,
} from '@bearward/core'
import {
  createScriptedAuthorizationServer,
  type Behaviour,
  type ScriptedAuthorizationServer,
} from '@bearward/testing'
import { requestWithToken } from '../../support/request.js'
import { countTimers, createMachineClock, type MachineClock } from '../support/clock.js'
import type { Verdict } from '../support/world.js'
import { watchIntrospection, type Call } from './calls.js'
import { AUDIENCE, createTokens, ISSUER, type Name, type TokenKind, type Tokens } from './tokens.js'

/** A request and its answer. Instants are on the monotonic clock. */
export interface Exchange {
  /** Its place in the order of all that happened. */
  readonly order: number
  readonly kind: TokenKind
  readonly text: string
  /** How old the verdict may be; `Infinity` where the route does not say. */
  readonly maxAge: Seconds
  readonly sentAt: Seconds
  readonly sentWall: Seconds
  /** `undefined` while it waits. */
  answeredAt: Seconds | undefined
  answeredWall: Seconds
  verdict: Verdict | undefined
  auth: Auth | undefined
  /** Of the error, where there is one. */
  code: string | undefined
  retryAfter: Seconds | undefined
  error: unknown
}

/** That somebody wanted something to be forgotten: one token, or all that fit. */
export interface Forgetting {
  readonly order: number
  readonly at: Seconds
  readonly text: string | undefined
  readonly criteria: ForgetCriteria | undefined
}

/** How the resource server is configured. */
export interface WorldOptions {
  readonly cache?: { readonly maxAge?: Seconds; readonly inactiveMaxAge?: Seconds; readonly maxSize?: number }
  readonly concurrency?: number
  /** Default: `opaque`. */
  readonly accessTokens?: 'mixed' | 'opaque'
  /** Whether the configuration says where the endpoint is, so that no metadata are needed. Default: false. */
  readonly isEndpointKnown?: boolean
  /** Functions of the options, such as some that throw. */
  readonly functions?: Pick<ResourceServerOptions, 'onRefresh' | 'onRefusal' | 'refusalBody'>
}

/** One run: an authorization server that introspects, a resource server, the time, and what happened. */
export interface World {
  readonly clock: MachineClock
  readonly server: ScriptedAuthorizationServer
  readonly resourceServer: ResourceServer
  readonly tokens: Tokens
  /** Requests to the resource server, in the order in which they came. */
  readonly history: readonly Exchange[]
  /** Requests to the introspection endpoint, in the order in which they were made. */
  readonly calls: readonly Call[]
  readonly forgettings: readonly Forgetting[]
  /** How many timers the resource server has waiting. */
  timers(): number
  /** Sends a request without waiting for anything. */
  send(kind: TokenKind, text?: string): Exchange
  /** Sends a request, and lets everything run that needs no more time. */
  ask(kind: TokenKind): Promise<Exchange>
  /** Asks again about a token that passed. */
  refresh(kind: Name, maxAge: Seconds): Exchange
  forget(name: Name): void
  forgetWhere(criteria: ForgetCriteria): void
  behave(
    endpoint: 'introspection' | 'metadata',
    behaviour: Behaviour | readonly Behaviour[] | undefined,
  ): void
}

/** Makes a world in which nothing has happened yet. */
export async function createWorld(options: WorldOptions = {}, seed = 1): Promise<World> {
  const { accessTokens = 'opaque', isEndpointKnown = false, functions, cache = {}, concurrency } = options
  const clock = createMachineClock(seed)
  const server = await createScriptedAuthorizationServer({ clock, issuer: ISSUER, algorithms: ['Ed25519'] })
  let order = 0
  const nextOrder = () => (order += 1)
  const calls: Call[] = []
  const timers = countTimers(clock)
  const resourceServer = createResourceServer({
    issuer: ISSUER,
    audience: AUDIENCE,
    accessTokens,
    introspection: {
      clientId: 'client',
      clientSecret: 'secret',
      cache,
      ...(concurrency !== undefined && { concurrency }),
      ...(isEndpointKnown && { endpoint: server.introspectionEndpoint }),
    },
    clock: timers.clock,
    fetch: watchIntrospection(server.fetch, clock, calls, nextOrder),
    ...functions,
  })
  const tokens = createTokens(server, clock)
  const history: Exchange[] = []
  const forgettings: Forgetting[] = []
  const passed = new Map<string, Auth>()

  function note(kind: TokenKind, text: string, maxAge: Seconds, judge: () => Promise<Auth>): Exchange {
    const exchange: Exchange = {
      ...{ order: nextOrder(), kind, text, maxAge, sentAt: clock.monotonic(), sentWall: clock.now() },
      ...{ answeredAt: undefined, answeredWall: NaN, verdict: undefined, auth: undefined },
      ...{ code: undefined, retryAfter: undefined, error: undefined },
    }
    history.push(exchange)
    const answer = (parts: Partial<Exchange>) =>
      Object.assign(exchange, { answeredAt: clock.monotonic(), answeredWall: clock.now(), ...parts })
    judge().then(
      (auth) => {
        passed.set(text, auth)
        answer({ verdict: 'accept', auth })
      },
      (error: unknown) => answer(describe(error)),
    )
    return exchange
  }

  function send(kind: TokenKind, text = tokens.text(kind)): Exchange {
    return note(kind, text, Infinity, () => resourceServer.authenticate(requestWithToken(text)))
  }

  function refresh(kind: Name, maxAge: Seconds): Exchange {
    const text = tokens.text(kind)
    const auth = passed.get(text)
    return auth === undefined
      ? send(kind)
      : note(kind, text, maxAge, () => resourceServer.refresh(auth, { maxAge }))
  }

  return {
    ...{ clock, server, resourceServer, tokens, history, calls, forgettings, send, refresh },
    timers: timers.waiting,
    async ask(kind) {
      const exchange = send(kind)
      await clock.settle()
      return exchange
    },
    forget(name) {
      const text = tokens.text(name)
      forgettings.push({ order: nextOrder(), at: clock.monotonic(), text, criteria: undefined })
      resourceServer.forget(text)
    },
    forgetWhere(criteria) {
      forgettings.push({ order: nextOrder(), at: clock.monotonic(), text: undefined, criteria })
      resourceServer.forgetWhere(criteria)
    },
    behave: server.behave,
  }
}

function describe(error: unknown): Partial<Exchange> {
  if (error instanceof RefusedError) return { verdict: 'refuse', code: error.code, error }
  if (!(error instanceof UnavailableError)) return { verdict: 'threw', error }
  const { code, retryAfter } = error
  return { verdict: 'cannot tell', code, retryAfter, error }
}
