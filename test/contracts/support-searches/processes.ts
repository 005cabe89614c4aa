import { createResourceServer, type IssuerOptions, type ResourceServer, type Seconds } from '@bearward/core'
import { createScriptedAuthorizationServer, type ScriptedAuthorizationServer } from '@bearward/testing'
import { judge, requestWithToken } from '../../support/request.js'
import { watchCalls, type Call } from '../support/calls.js'
import { createMachineClock, type MachineClock } from '../support/clock.js'
import { createMint, type Mint, type Minted } from '../support/mint.js'
import type { TokenKind } from '../support/schedule.js'
import { createKeys, type Keys } from '../support/scripted-server.js'
import { AUDIENCE, ISSUER } from '../support/tokens.js'
import { createTruth, type Truth } from '../support/truth.js'
import { createSharedStore, type SharedStore, type StoreFaults } from './search-store.js'

/** How a request ended. */
export interface Ending {
  readonly token: Minted
  readonly answeredAt: Seconds
  readonly verdict: 'accepted' | 'refused' | 'unavailable'
  readonly code: string | undefined
  readonly retryAfter: Seconds | undefined
}

/** One process of an API. */
export interface Process {
  readonly resourceServer: ResourceServer
  /** What goes wrong between it and the store: to be changed at will. */
  readonly faults: StoreFaults
  /** Its requests to the authorization server. */
  readonly calls: readonly Call[]
  ask(token: Minted | TokenKind): Promise<Ending>
}

/** Processes of one API, which share a store. */
export interface Processes {
  readonly clock: MachineClock
  readonly server: ScriptedAuthorizationServer
  readonly truth: Truth
  readonly store: SharedStore
  readonly all: readonly Process[]
  readonly mint: Mint
  readonly rotate: Keys['rotate']
  /** When the key set was fetched, by whichever of them. */
  fetches(): readonly Seconds[]
  /** What comes of a promise when so much time has passed. */
  after<T>(seconds: Seconds, promise: Promise<T>): Promise<T>
  /** Waits for the rest, and closes them all. */
  finish(): Promise<void>
}

/** How they differ from the usual. */
export interface ProcessesOptions {
  readonly count?: number
  readonly seed?: number
  /** By how much the wall clock of each is ahead. Default: by nothing. */
  readonly skews?: readonly Seconds[]
  readonly issuer?: Partial<IssuerOptions>
  /** Whether they share the store. Default: `true`. */
  readonly isShared?: boolean
}

/** Starts them: each has the keys of a second ago in hand. */
export async function startProcesses(options: ProcessesOptions = {}): Promise<Processes> {
  const { count = 2, seed = 1 } = options
  const clock = createMachineClock(seed)
  const server = await createScriptedAuthorizationServer({
    clock,
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: ['Ed25519'], // of keys that are not used: made faster than others
  })
  const truth = createTruth()
  const { rotate } = createKeys(server, clock, truth)
  const mint = createMint(truth, clock)
  const store = createSharedStore(clock)
  const all = Array.from({ length: count }, (_, index) =>
    startProcess({ clock, server, mint, store, skew: options.skews?.[index] ?? 0 }, options),
  )
  const fetches = () =>
    all
      .flatMap(({ calls }) => calls.filter(({ endpoint }) => endpoint === 'jwks').map(({ at }) => at))
      .sort((one, other) => one - other)
  const after = async <T>(seconds: Seconds, promise: Promise<T>): Promise<T> => {
    await clock.advance(seconds)
    return promise
  }
  await Promise.all(all.map(({ ask }) => ask('good')))
  await clock.advance(1)
  return {
    ...{ clock, server, truth, store, all, mint, rotate, fetches, after },
    async finish() {
      await clock.advance(10)
      for (const { resourceServer } of all) resourceServer.close()
      await clock.settle()
    },
  }
}

/** Starts two, or more, and names the first of them. */
export async function startTwo(options: ProcessesOptions = {}) {
  const processes = await startProcesses(options)
  const [one, other] = processes.all as readonly [Process, Process]
  /** Fetches since the first of each. */
  const looks = () => processes.fetches().length - processes.all.length
  /** A token that was made so many seconds ago, by nobody. */
  const strange = (age: number) => processes.mint('stranger', { issuedAt: processes.clock.now() - age })
  return { ...processes, one, other, looks, strange }
}

interface Surroundings extends Pick<Processes, 'clock' | 'mint' | 'server' | 'store'> {
  readonly skew: Seconds
}

function startProcess(
  { clock, server, mint, store, skew }: Surroundings,
  { issuer, isShared = true }: ProcessesOptions,
): Process {
  const faults: StoreFaults = {}
  const calls: Call[] = []
  const resourceServer = createResourceServer({
    issuer: ISSUER,
    audience: AUDIENCE,
    clock: { ...clock, now: () => clock.now() + skew },
    fetch: watchCalls(server.fetch, clock, calls),
    refreshInterval: 86_400, // never, as far as this goes
    ...(isShared && { keySearchStore: store.connect(faults) }),
    ...issuer,
  })
  return {
    resourceServer,
    faults,
    calls,
    async ask(what) {
      const token = typeof what === 'string' ? mint(what) : what
      const ending = await judge(resourceServer, requestWithToken(token.text))
      return {
        token,
        answeredAt: clock.monotonic(),
        verdict: ending.verdict,
        code: ending.verdict === 'accepted' ? undefined : ending.error.code,
        retryAfter: ending.verdict === 'unavailable' ? ending.error.retryAfter : undefined,
      }
    },
  }
}
