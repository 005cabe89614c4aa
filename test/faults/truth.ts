import type { JWK } from 'oidc-provider'
import type { Exchange } from './load.js'

/**
 * What an answer is worth, beside the truth.
 *
 * Of a good token: `accepted`; `refused`, said to be at fault; `unavailable`, 503 with `Retry-After`; `failed`, anything
 * else, or no answer. Of a bad one: `turned away`; `believed`; `undecided`, 503 with `Retry-After`; `broken`, another
 * status of a server at fault. `late`: accepted, though its key was withdrawn, within the time that keys are kept.
 */
export type Verdict = (typeof VERDICTS)[number]

export const VERDICTS = [
  'accepted',
  'refused',
  'unavailable',
  'failed',
  'turned away',
  'believed',
  'undecided',
  'broken',
  'late',
] as const

/** Knows which keys were published when. */
export interface Truth {
  publish(key: JWK): void
  /** While `change` runs, a token of this key may be good or bad. */
  withdraw(key: JWK, change: () => Promise<void>): Promise<void>
  judge(exchange: Exchange): Verdict
  /** How long after its key was withdrawn a token was sent, in seconds; `undefined` where it was not. */
  findLateness(exchange: Exchange): number | undefined
}

/**
 * Makes the record that answers are compared with.
 *
 * @param grace For how long a withdrawn key may be believed, in seconds: as long as libraries were told to keep keys.
 */
export function createTruth(grace: number): Truth {
  const published = new Set<string | undefined>()
  const withdrawn = new Map<string | undefined, { readonly from: number; to: number }>()

  function findLateness({ token, sentAt }: Exchange): number | undefined {
    const change = withdrawn.get(token.kid)
    return change && sentAt > change.to ? (sentAt - change.to) / 1000 : undefined
  }

  /** `undefined` while that changes. */
  function isGood(exchange: Exchange): boolean | undefined {
    const { token, answeredAt } = exchange
    if (!token.isGenuine || !published.has(token.kid)) return false
    const change = withdrawn.get(token.kid)
    if (change === undefined || answeredAt < change.from) return true
    return findLateness(exchange) === undefined ? undefined : false
  }

  return {
    publish: ({ kid }) => void published.add(kid),
    async withdraw({ kid }, change) {
      const times = { from: performance.now(), to: Infinity }
      withdrawn.set(kid, times)
      await change()
      times.to = performance.now()
    },
    findLateness,
    judge(exchange) {
      const good = isGood(exchange) ?? exchange.status < 300
      const verdict = good ? judgeGood(exchange) : judgeBad(exchange)
      const isLate = verdict === 'believed' && (findLateness(exchange) ?? Infinity) <= grace
      return isLate && exchange.token.isGenuine ? 'late' : verdict
    },
  }
}

function judgeGood({ status, hasRetryAfter }: Exchange): Verdict {
  if (status < 300) return 'accepted'
  if (status < 500) return 'refused'
  return status === 503 && hasRetryAfter ? 'unavailable' : 'failed'
}

function judgeBad({ status, hasRetryAfter }: Exchange): Verdict {
  if (status < 300) return 'believed'
  if (status < 500) return 'turned away'
  return status === 503 && hasRetryAfter ? 'undecided' : 'broken'
}
