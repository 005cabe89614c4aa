import type { ForgetCriteria } from '../introspection-options.js'
import { deepFreeze, isJsonObject, ownMembers, type JsonObject } from '../json.js'
import { within, type Clock, type Seconds } from '../time.js'
import type { Verdict, VerdictPolicy, Verdicts } from './introspection-verdicts.js'
import { asVerified } from './verified.js'

/** What the authorization server said of a token, as processes share it. */
export interface StoredVerdict {
  /** The answer about an active token; `undefined`: it is not active. */
  readonly claims: JsonObject | undefined
  /** When it was asked, in seconds since the epoch. */
  readonly askedAt: Seconds
}

/**
 * Which verdicts to forget: those of one token, whose keys begin with its `digest` and a dot; those of tokens that fit; or all, because
 * some may have been missed.
 */
export type Forgotten = 'all' | { readonly criteria: ForgetCriteria } | { readonly digest: string }

/**
 * Verdicts that processes share: asked before the authorization server is, where the memory of a process has none. It may
 * fail at any time: then the authorization server is asked. Whoever can write to it decides which tokens are believed.
 */
export interface VerdictStore {
  /**
   * The verdict under a key. Its first 44 characters, before a dot, are for the token, and tell nothing of it; the others, for
   * who asks whom.
   */
  find(key: string): Promise<StoredVerdict | undefined>
  /**
   * Stores a verdict, unless there is one that was asked for later, or what is under the key was forgotten since.
   *
   * @param lifetime For how long it is of use, in seconds. What it replaces would be kept for that long at least.
   */
  store(key: string, verdict: StoredVerdict, lifetime: Seconds): Promise<void>
  /** Forgets verdicts that were asked for until now, and tells all processes. */
  forget(forgotten: Forgotten): Promise<void>
  /**
   * Tells what others forget, until the function that it returns is called: other processes, and other resource servers of this
   * one. Who forgets may be told as well.
   *
   * @param listener Must not throw.
   */
  subscribe(listener: (forgotten: Forgotten) => void): () => void
}

/** For how long a request waits, before the authorization server is asked instead, in seconds. */
const WAIT_LIMIT: Seconds = 1
/** What the clocks of two processes may differ by, in seconds: a shared verdict counts as so much older. */
const CLOCK_DIFFERENCE: Seconds = 1
/** That a token is not active is kept while others, who asked before, may still store that it is. */
const SHORTEST_INACTIVE: Seconds = 60

interface Load {
  readonly done: Promise<void>
  isForgotten: boolean
}

/** Puts what processes share behind the memory of this one. */
export function createSharedVerdicts(
  store: VerdictStore,
  memory: Verdicts,
  policy: VerdictPolicy,
  clock: Clock,
): Verdicts {
  const loads = createLoads(store, memory, clock)

  function share(key: string, verdict: Verdict): void {
    memory.store(key, verdict)
    const stored = toStored(verdict, clock)
    const lifetime = toLifetime(stored, policy)
    if (lifetime > 0) {
      Promise.resolve()
        .then(() => store.store(key, stored, lifetime))
        .catch(ignore)
    }
  }

  return {
    find: memory.find,
    latest: memory.latest,
    store: share,
    refuse(key, askedAt) {
      share(key, { claims: undefined, askedAt }) // or others would bring back what they know from before
    },
    async load(key, maxAge) {
      if (Math.min(maxAge, policy.maxAge) > CLOCK_DIFFERENCE) await loads.load(key)
    },
    forget(key) {
      memory.forget(key)
      loads.cancel(key)
    },
    forgetWhere(fits) {
      memory.forgetWhere(fits)
      loads.cancelAll()
    },
  }
}

/** What is being loaded into memory: once for all who ask for the same. */
function createLoads(store: VerdictStore, memory: Verdicts, clock: Clock) {
  const loads = new Map<string, Load>()

  function start(key: string): Load {
    const load: Load = { done: Promise.resolve().then(run).catch(ignore), isForgotten: false }
    loads.set(key, load)
    return load

    async function run(): Promise<void> {
      try {
        const found = await within(clock, WAIT_LIMIT, store.find(key), () => new Error('late'))
        const verdict = found && toVerdict(found, clock)
        if (verdict && !load.isForgotten && !isOlder(verdict, memory.latest(key))) {
          memory.store(key, verdict)
        }
      } finally {
        if (loads.get(key) === load) loads.delete(key)
      }
    }
  }

  function cancel(key: string): void {
    const load = loads.get(key)
    if (load !== undefined) load.isForgotten = true
    loads.delete(key)
  }

  return {
    load: (key: string): Promise<void> => (loads.get(key) ?? start(key)).done,
    cancel,
    cancelAll() {
      for (const key of [...loads.keys()]) cancel(key)
    },
  }
}

function toStored({ claims, askedAt }: Verdict, clock: Clock): StoredVerdict {
  return { claims, askedAt: clock.now() - (clock.monotonic() - askedAt) }
}

/** @returns `undefined` for what no clock of this world has asked for, or nobody could have answered */
function toVerdict({ claims, askedAt }: StoredVerdict, clock: Clock): Verdict | undefined {
  const age = clock.now() - askedAt
  if (!(age >= -CLOCK_DIFFERENCE) || !(claims === undefined || isJsonObject(claims))) return undefined
  return {
    claims: claims && asVerified(deepFreeze(ownMembers(claims))),
    askedAt: clock.monotonic() - Math.max(0, age) - CLOCK_DIFFERENCE,
  }
}

function isOlder({ askedAt }: Verdict, known: Verdict | undefined): boolean {
  return known !== undefined && known.askedAt >= askedAt
}

function toLifetime({ claims, askedAt }: StoredVerdict, { maxAge, inactiveMaxAge }: VerdictPolicy): Seconds {
  if (maxAge === 0) return 0
  if (claims === undefined) return Math.max(inactiveMaxAge, SHORTEST_INACTIVE)
  const exp = Object.hasOwn(claims, 'exp') ? claims['exp'] : undefined
  return typeof exp === 'number' ? Math.min(maxAge, exp - askedAt) : maxAge
}

function ignore(): void {
  // The authorization server is asked instead.
}
