import { once } from 'node:events'
import autocannon from 'autocannon'
import type { Token } from './tokens.js'

/** A request and its answer. Instants in milliseconds. */
export interface Exchange {
  readonly token: Token
  /** What was going on when it was sent. */
  readonly phase: string
  readonly sentAt: number
  readonly answeredAt: number
  readonly status: number
  readonly hasRetryAfter: boolean
}

/** Requests to one application, for as long as it takes. */
export interface Load {
  stop(): Promise<void>
}

/** In a second, to each application; as many connections, so that one which waits keeps no other from being sent. */
const RATE = 20
/** Longer than any library waits. */
const TIMEOUT_SECONDS = 120

/**
 * Has `autocannon` send requests.
 *
 * @param next The token of the next request, and the phase.
 * @param onNone Told of requests that get no answer, with their phase.
 */
export function startLoad(
  origin: string,
  next: () => Pick<Exchange, 'phase' | 'token'>,
  onAnswer: (exchange: Exchange) => void,
  onNone: (phase: string) => void,
): Load {
  const open = new Set<Sent>()
  const requests: autocannon.Request[] = [
    {
      setupRequest(request, context) {
        const sent: Sent = { ...next(), sentAt: performance.now() }
        open.add(sent)
        Object.assign(context, { sent })
        return { ...request, headers: { authorization: `Bearer ${sent.token.text}` } }
      },
      onResponse(status, _body, context, headers = {}) {
        const { sent } = context as { readonly sent: Sent }
        open.delete(sent)
        const hasRetryAfter = Object.keys(headers).some((name) => name.toLowerCase() === 'retry-after')
        onAnswer({ ...sent, answeredAt: performance.now(), status, hasRetryAfter })
      },
    },
  ]
  const rates = { connections: RATE, overallRate: RATE, timeout: TIMEOUT_SECONDS }
  return {
    stop: run({ url: `${origin}/stats`, ...rates, requests }, () => {
      const endedAt = performance.now()
      for (const { phase, sentAt } of open) if (endedAt - sentAt > UNDER_WAY) onNone(phase)
    }),
  }
}

type Sent = Pick<Exchange, 'phase' | 'sentAt' | 'token'>

/** One that was sent just before the end has had no time to be answered. In milliseconds. */
const UNDER_WAY = 5_000

/** @returns What stops it. */
function run(options: autocannon.Options, onEnd: () => void): () => Promise<void> {
  const instance = autocannon({ ...options, duration: 3600 }, () => undefined)
  return async () => {
    instance.stop()
    await once(instance, 'done')
    onEnd()
  }
}
