import type { Seconds } from '@bearward/core'
import type { Call } from './calls.js'
import type { PoolKey } from './tokens.js'

/** A span of time, on the monotonic clock. */
export interface Span {
  readonly from: Seconds
  /** `Infinity`, while it lasts. */
  readonly to: Seconds
}

/** What really was the case: told by the world, and by nothing of what is under test. */
export interface Truth {
  /** Newest first. */
  published(): readonly PoolKey[]
  publish(keys: readonly PoolKey[], at: Seconds): void
  /** The key that was withdrawn last. */
  withdrawn(): PoolKey | undefined
  /** When a key was published: the last time, where that was more than once; `undefined` where it never was. */
  spanOf(kid: string): Span | undefined
  /** Whether a key was published at some time from `from` to `to`. */
  wasPublished(kid: string, from: Seconds, to: Seconds): boolean
  /** Notes that from now on the authorization server answers well, or does not. */
  setHealthy(isHealthy: boolean, at: Seconds): void
  /** Whether no endpoint was at fault from `from` to `to`. */
  wasHealthy(from: Seconds, to: Seconds): boolean
  /** Key sets that really came, complete, usable and within the fetch limit, in the order in which they came. */
  goodKeySets(calls: readonly Call[]): readonly Call[]
}

/** Knows nothing at first. */
export function createTruth(): Truth {
  const spans = new Map<string, { from: Seconds; to: Seconds }>()
  const illnesses: { from: Seconds; to: Seconds }[] = []
  let published: readonly PoolKey[] = []
  let withdrawn: PoolKey | undefined

  return {
    published: () => published,
    withdrawn: () => withdrawn,
    publish(keys, at) {
      const gone = published.filter((key) => !keys.includes(key))
      for (const { kid } of gone) end(spans.get(kid), at)
      withdrawn = gone[0] ?? withdrawn
      for (const { kid } of keys)
        if (spans.get(kid)?.to !== Infinity) spans.set(kid, { from: at, to: Infinity })
      published = keys
    },
    spanOf: (kid) => spans.get(kid),
    wasPublished(kid, from, to) {
      const span = spans.get(kid)
      return span !== undefined && span.from <= to && span.to >= from
    },
    setHealthy(isHealthy, at) {
      const last = illnesses.at(-1)
      const isIll = last?.to === Infinity
      if (isHealthy) end(last, at)
      else if (!isIll) illnesses.push({ from: at, to: Infinity })
    },
    wasHealthy: (from, to) => !illnesses.some((illness) => illness.from <= to && illness.to >= from),
    goodKeySets: (calls) =>
      calls.filter(({ endpoint, kids }) => endpoint === 'jwks' && kids !== undefined && kids.length > 0),
  }
}

function end(span: { to: Seconds } | undefined, at: Seconds): void {
  if (span?.to === Infinity) span.to = at
}
