import { within, type Clock, type Seconds } from '../time.js'
import type { Introspect } from './introspection.js'
import { toVerdictKey, type Verdict, type Verdicts } from './introspection-verdicts.js'

/** Introspection of which requests for the same token share the answer. */
export interface SharedIntrospection {
  /**
   * What the authorization server says of a token.
   *
   * @param maxAge How old the answer may be: younger than this, since the question. Default, and most: as the policy says.
   *
   * @throws What `introspect` throws, or `late` makes where it takes too long: then it runs on, for the next one
   */
  find(token: string, maxAge?: Seconds): Promise<Verdict>
  /** Drops what is known of a token. Who asks from now on does not get an answer that is under way. */
  forget(token: string): void
  /** Drops what is known of tokens of which `fits` is true, and does not keep any answer that is under way. */
  forgetWhere: Verdicts['forgetWhere']
}

/** How long is waited, and kept. */
export interface SharingPolicy {
  /** How old an answer may be that a caller gets. */
  readonly maxAge: Seconds
  /** How long each caller waits. */
  readonly waitLimit: Seconds
}

/** A question that is being asked. */
interface Call {
  readonly verdict: Promise<Verdict>
  /** `undefined` before it has left: then it is not too old for anybody. */
  askedAt: Seconds | undefined
}

/**
 * Joins what asks the same.
 *
 * @param introspect Asks the authorization server.
 * @param late Made for a caller who waited for so long.
 */
export function createSharedIntrospection(
  introspect: Introspect,
  verdicts: Verdicts,
  policy: SharingPolicy,
  clock: Clock,
  late: () => Error,
): SharedIntrospection {
  const calls = new Map<string, Call>()
  const start = createStart(introspect, verdicts, calls, clock)

  function isYoung({ askedAt }: Call, maxAge: Seconds): boolean {
    return askedAt === undefined || clock.monotonic() - askedAt < Math.min(maxAge, policy.maxAge)
  }

  return {
    async find(token, maxAge = Infinity) {
      const key = toVerdictKey(token)
      const known = verdicts.find(key, maxAge)
      if (known !== undefined) return known
      const earlier = calls.get(key)
      const call = earlier && isYoung(earlier, maxAge) ? earlier : start(key, token, earlier)
      return within(clock, policy.waitLimit, call.verdict, late)
    },
    forget(token) {
      const key = toVerdictKey(token)
      verdicts.forget(key)
      calls.delete(key)
    },
    forgetWhere(fits) {
      verdicts.forgetWhere(fits)
      calls.clear()
    },
  }
}

/**
 * Makes what starts a call: after the `earlier` one for this token, of which one is on its way at a time.
 *
 * @param calls Where a call stands as long as others may join it. The verdict of one that is not there is not kept.
 */
function createStart(introspect: Introspect, verdicts: Verdicts, calls: Map<string, Call>, clock: Clock) {
  return (key: string, token: string, earlier: Call | undefined): Call => {
    const call: Call = { askedAt: undefined, verdict: Promise.resolve().then(ask) }
    calls.set(key, call)
    call.verdict.catch(() => undefined) // it may be that nobody waits any more
    return call

    async function ask(): Promise<Verdict> {
      await earlier?.verdict.catch(() => undefined)
      try {
        const claims = await introspect(token, () => {
          call.askedAt ??= clock.monotonic()
        })
        const verdict = { claims, askedAt: call.askedAt ?? clock.monotonic() }
        if (calls.get(key) === call) verdicts.store(key, verdict)
        return verdict
      } finally {
        if (calls.get(key) === call) calls.delete(key)
      }
    }
  }
}
