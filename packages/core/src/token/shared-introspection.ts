import { RefusedError } from '../errors.js'
import { within, type Clock, type Seconds } from '../time.js'
import type { Introspect } from './introspection.js'
import { toDigest, type Verdict, type Verdicts } from './introspection-verdicts.js'

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
  /**
   * Drops what is known of a token. Who asks from now on does not get an answer that is under way.
   *
   * @param digest Of the token.
   */
  forget(digest: string): void
  /** Drops what is known of tokens of which `fits` is true, and does not keep any answer that is under way. */
  forgetWhere: Verdicts['forgetWhere']
}

/** How long is waited, and kept. */
export interface SharingPolicy {
  /** How old an answer may be that a caller gets. */
  readonly maxAge: Seconds
  /** How long each caller waits. */
  readonly waitLimit: Seconds
  /** Makes the key of a verdict from the digest of its token. Default: it is that. */
  readonly toKey?: (digest: string) => string
}

/** A question that is being asked. */
interface Call {
  readonly verdict: Promise<Verdict>
  /** `undefined` before it has left: then it is not too old for anybody. */
  askedAt: Seconds | undefined
  /** For the same token, and not ended: this one waits for it. */
  earlier: Call | undefined
  /** Its answer is not kept. */
  isForgotten: boolean
}

/**
 * Joins what asks the same.
 *
 * @param introspect Asks the authorization server.
 * @param late Made for a caller who waited for so long, by whether the question has left.
 */
export function createSharedIntrospection(
  introspect: Introspect,
  verdicts: Verdicts,
  policy: SharingPolicy,
  clock: Clock,
  late: (isAsked: boolean) => Error,
): SharedIntrospection {
  const calls = new Map<string, Call>()
  const { toKey = (digest: string) => digest } = policy
  const start = createStart(introspect, verdicts, calls, clock)

  function isYoung({ askedAt }: Call, maxAge: Seconds): boolean {
    return askedAt === undefined || clock.monotonic() - askedAt < Math.min(maxAge, policy.maxAge)
  }

  return {
    async find(token, maxAge = Infinity) {
      const key = toKey(toDigest(token))
      const mayLoad = verdicts.load !== undefined && !calls.has(key)
      const known = verdicts.find(key, maxAge) ?? (mayLoad ? await load(verdicts, key, maxAge) : undefined)
      if (known !== undefined) return known
      const earlier = calls.get(key)
      const call = earlier && isYoung(earlier, maxAge) ? earlier : start(key, token, earlier)
      return within(clock, policy.waitLimit, call.verdict, () => late(call.askedAt !== undefined))
    },
    forget(digest) {
      const key = toKey(digest)
      verdicts.forget(key)
      forgetCalls(calls.get(key))
      calls.delete(key)
    },
    forgetWhere(fits) {
      verdicts.forgetWhere(fits)
      calls.forEach(forgetCalls)
      calls.clear()
    },
  }
}

/** What other processes know. */
async function load(verdicts: Verdicts, key: string, maxAge: Seconds): Promise<Verdict | undefined> {
  await verdicts.load?.(key, maxAge)
  return verdicts.find(key, maxAge)
}

/** A call, and those that it waits for. */
function forgetCalls(call: Call | undefined): void {
  for (let each = call; each !== undefined; each = each.earlier) each.isForgotten = true
}

/**
 * Makes what starts a call: after the `earlier` one for this token, of which one is on its way at a time.
 *
 * @param calls Where a call stands as long as others may join it.
 */
function createStart(introspect: Introspect, verdicts: Verdicts, calls: Map<string, Call>, clock: Clock) {
  return (key: string, token: string, earlier: Call | undefined): Call => {
    const verdict = Promise.resolve().then(ask)
    const call: Call = { askedAt: undefined, verdict, earlier, isForgotten: false }
    calls.set(key, call)
    verdict.catch(() => undefined) // it may be that nobody waits any more
    return call

    async function ask(): Promise<Verdict> {
      await earlier?.verdict.catch(() => undefined)
      call.earlier = undefined
      try {
        const claims = await introspect(token, () => {
          call.askedAt ??= clock.monotonic()
        })
        const answer = { claims, askedAt: call.askedAt ?? clock.monotonic() }
        if (!call.isForgotten) verdicts.store(key, answer)
        return answer
      } catch (error) {
        const isNews = error instanceof RefusedError && !call.isForgotten
        if (isNews) verdicts.refuse(key, call.askedAt ?? clock.monotonic())
        throw error
      } finally {
        if (calls.get(key) === call) calls.delete(key)
      }
    }
  }
}
