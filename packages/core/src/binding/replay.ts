import { UnavailableError } from '../errors.js'
import { within, type Clock, type Seconds } from '../time.js'

/**
 * Notes which DPoP proofs were used. Processes that serve the same API share one.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-11.1 RFC 9449, section 11.1}
 */
export interface ReplayStore {
  /**
   * Notes an identifier, unless it is noted already, in one step: of any number of calls at once, in all processes, one gets
   * `true`. What it throws, or answers beside the two, is taken for an outage: the request is answered with 503.
   *
   * @param id 43 characters of base64url.
   * @param lifetime For how long it must stay noted, in seconds.
   * @param longest The longest `lifetime` of any call, in seconds: a store that lost its notes that long ago has lost none
   *   that count.
   *
   * @returns `true` where it was not noted before, `false` where it was
   *
   * @example
   *   add: async (id, lifetime) => (await redis.set(`dpop:${id}`, 1, 'PX', Math.ceil(lifetime * 1000), 'NX')) === 'OK'
   */
  add(id: string, lifetime: Seconds, longest?: Seconds): boolean | Promise<boolean>
}

const MOST_ENTRIES = 1_000_000
/** For how long a request waits for the store, in seconds. */
const WAIT_LIMIT: Seconds = 3

/** So many sets begin in the longest lifetime. */
const TURNS = 8

/** Identifiers that were noted in one turn. */
interface Notes {
  readonly ids: Set<string>
  /** When the last of them has had its time. */
  until: Seconds
}

/**
 * Notes identifiers in the memory of this process. Where it is full, it throws: to forget one would be to accept it twice.
 *
 * An identifier stays noted for its lifetime at least, and an eighth of the longest beyond the longest at most. Sets take turns,
 * so that nothing is searched for what has expired, no timer runs, and none becomes so large that its growth holds others up.
 */
export function createMemoryReplayStore(clock: Clock, mostEntries: number = MOST_ENTRIES): ReplayStore {
  let current: Notes = { ids: new Set(), until: -Infinity }
  let all: readonly Notes[] = []
  let turn: Seconds = -Infinity

  function takeTurns(now: Seconds, longest: Seconds): void {
    if (now < turn) return
    current = { ids: new Set(), until: now }
    // One that would be kept until no number stays: to forget it would be to accept it twice.
    all = [...all.filter(({ until }) => !(now >= until)), current]
    turn = now + longest / TURNS
  }

  return {
    add(id, lifetime, longest = lifetime) {
      const now = clock.monotonic()
      takeTurns(now, longest)
      if (all.some(({ ids }) => ids.has(id))) return false
      if (all.reduce((size, { ids }) => size + ids.size, 0) >= mostEntries) {
        throw new UnavailableError('ERR_REPLAY_STORE', 'the memory for used proofs is full')
      }
      current.ids.add(id)
      current.until = Math.max(current.until, now + lifetime)
      return true
    },
  }
}

/** For how long identifiers stay noted: this one, and the longest of all. */
export interface Lifetimes {
  readonly lifetime: Seconds
  readonly longest: Seconds
}

/**
 * Notes that a proof was used.
 *
 * @returns Whether it was its first time
 *
 * @throws {@link UnavailableError} `ERR_REPLAY_STORE` where the store cannot tell
 */
export async function noteUse(
  id: string,
  { lifetime, longest }: Lifetimes,
  store: ReplayStore,
  clock: Clock,
): Promise<boolean> {
  let answer: unknown
  try {
    answer = store.add(id, lifetime, longest)
    if (typeof answer !== 'boolean') answer = await within(clock, WAIT_LIMIT, Promise.resolve(answer), late)
  } catch (cause) {
    if (cause instanceof UnavailableError) throw cause
    throw new UnavailableError('ERR_REPLAY_STORE', 'it threw', { cause })
  }
  if (typeof answer === 'boolean') return answer
  throw new UnavailableError('ERR_REPLAY_STORE', 'it answered neither true nor false')
}

function late(): UnavailableError {
  return new UnavailableError('ERR_REPLAY_STORE', `it did not answer within ${String(WAIT_LIMIT)} seconds`)
}
