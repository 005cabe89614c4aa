import {
  createResourceServer,
  RefusedError,
  UnavailableError,
  type IssuerOptions,
  type Refresh,
  type ResourceServer,
  type Seconds,
} from '@bearward/core'
import {
  createScriptedAuthorizationServer,
  type Behaviour,
  type ScriptedAuthorizationServer,
} from '@bearward/testing'
import { requestWithToken } from '../../support/request.js'
import { watchCalls, type Call } from './calls.js'
import { countTimers, createMachineClock, type MachineClock } from './clock.js'
import { createMint, type Mint, type Minted } from './mint.js'
import type { Schedule, Step, TokenKind } from './schedule.js'
import { createBehave, createKeys, delayAnswers } from './scripted-server.js'
import { AUDIENCE, ISSUER, type PoolKey } from './tokens.js'
import { createTruth, type Truth } from './truth.js'

/** `threw` stands for an error that no answer can be made of: always a defect. */
export type Verdict = 'accept' | 'refuse' | 'cannot tell' | 'threw'

/** A request and its answer. Instants are on the monotonic clock. */
export interface Exchange {
  readonly token: Minted
  readonly sentAt: Seconds
  readonly isAbandoned: boolean
  /** `undefined` while it waits. */
  answeredAt: Seconds | undefined
  verdict: Verdict | undefined
  /** Of the error, where there is one. */
  code: string | undefined
  retryAfter: Seconds | undefined
  error: unknown
}

/** How a world differs from the usual one: server under `ISSUER`, defaults of the resource server. */
export interface WorldOptions {
  readonly seed?: number
  /** Whether the key set and the metadata have entity tags. Default: false. */
  readonly etags?: boolean
  /** How long an answer is on its way, once it has begun. Default: 0. */
  readonly latency?: Seconds
  readonly resourceServer?: Partial<IssuerOptions> & { readonly onRefresh?: (refresh: Refresh) => void }
}

/** One run: an authorization server, a resource server, the time, and what happened. */
export interface World {
  readonly clock: MachineClock
  readonly server: ScriptedAuthorizationServer
  readonly resourceServer: ResourceServer
  readonly truth: Truth
  /** Requests to the resource server, in the order in which they came. */
  readonly history: readonly Exchange[]
  /** Requests to the authorization server, in the order in which they were made. */
  readonly calls: readonly Call[]
  /** How many timers the resource server has waiting. */
  timers(): number
  /** Does one step, and lets everything run that needs no more time. */
  run(step: Step): Promise<void>
  readonly mint: Mint
  /** Sends a request without waiting for anything. */
  send(token: Minted | TokenKind, isAbandoned?: boolean): Exchange
  /** Sends a request, and lets everything run that needs no more time. */
  ask(token: Minted | TokenKind): Promise<Exchange>
  /** Publishes a new key, and signs with it from now on. */
  rotate(options?: { readonly keepOld?: boolean }): PoolKey
  /** How an endpoint behaves from now on. */
  behave(endpoint: 'jwks' | 'metadata', behaviour: Behaviour | undefined): void
  /** Heals the server, waits until every request has its answer, and closes the resource server. */
  finish(): Promise<void>
}

/** Makes a world in which nothing has happened yet. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const clock = createMachineClock(options.seed ?? 1)
  const server = await createScriptedAuthorizationServer({
    clock,
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: ['Ed25519'], // of keys that are not used: made faster than others
    etags: options.etags ?? false,
  })
  const calls: Call[] = []
  const timers = countTimers(clock)
  const resourceServer = createResourceServer({
    issuer: ISSUER,
    audience: AUDIENCE,
    clock: timers.clock,
    fetch: watchCalls(delayAnswers(server.fetch, clock, options.latency), clock, calls),
    ...options.resourceServer,
  })
  const truth = createTruth()
  const history: Exchange[] = []
  const keys = createKeys(server, clock, truth)
  const mint = createMint(truth, clock)
  const behave = createBehave(server, clock, truth)

  function send(token: Minted | TokenKind, isAbandoned = false): Exchange {
    const exchange: Exchange = {
      token: typeof token === 'string' ? mint(token) : token,
      sentAt: clock.monotonic(),
      isAbandoned,
      answeredAt: undefined,
      verdict: undefined,
      code: undefined,
      retryAfter: undefined,
      error: undefined,
    }
    history.push(exchange)
    const answer = (verdict: Verdict, error?: unknown) =>
      Object.assign(exchange, { answeredAt: clock.monotonic(), verdict, error, ...details(error) })
    resourceServer.authenticate(requestWithToken(exchange.token.text)).then(
      () => answer('accept'),
      (error: unknown) => answer(toVerdict(error), error),
    )
    return exchange
  }

  async function ask(token: Minted | TokenKind): Promise<Exchange> {
    const exchange = send(token)
    await clock.settle()
    return exchange
  }

  async function run(step: Step): Promise<void> {
    if (step.do === 'advance') return clock.advance(step.seconds)
    if (step.do === 'sleep') clock.sleep(step.seconds)
    if (step.do === 'set-clock') clock.step(step.seconds)
    if (step.do === 'fault') behave(step.endpoint, step.behaviour)
    if (step.do === 'heal') heal()
    if (step.do === 'rotate') keys.rotate(step)
    if (step.do === 'withdraw') keys.withdraw()
    if (step.do === 'move') server.moveKeySet()
    if (step.do === 'request') send(step.token)
    if (step.do === 'burst') for (let sent = 0; sent < step.count; sent += 1) send(step.token)
    if (step.do === 'abandon') send(step.token, true)
    return clock.settle()
  }

  function heal(): void {
    behave('metadata', undefined)
    behave('jwks', undefined)
  }

  async function finish(): Promise<void> {
    heal()
    await clock.advance(10)
    resourceServer.close()
    await clock.settle()
  }

  const { rotate } = keys
  return {
    clock,
    server,
    resourceServer,
    truth,
    history,
    calls,
    timers: timers.waiting,
    run,
    mint,
    send,
    ask,
    rotate,
    behave,
    finish,
  }
}

/** Runs a schedule from the beginning to its end. */
export async function runSchedule(schedule: Schedule, options: WorldOptions = {}): Promise<World> {
  const world = await createWorld({ ...options, seed: schedule.seed })
  for (const step of schedule.steps) await world.run(step)
  await world.finish()
  return world
}

function toVerdict(error: unknown): Verdict {
  if (error instanceof RefusedError) return 'refuse'
  return error instanceof UnavailableError ? 'cannot tell' : 'threw'
}

function details(error: unknown): Pick<Exchange, 'code' | 'retryAfter'> {
  const isOutage = error instanceof UnavailableError
  return {
    code: isOutage || error instanceof RefusedError ? error.code : undefined,
    retryAfter: isOutage ? error.retryAfter : undefined,
  }
}
