import type { FetchResponse, Seconds } from '@bearward/core'
import type { EndpointName } from '../endpoints.js'
import type { PlainResponse } from '../http/message.js'
import type { Behaviour } from './behaviour.js'
import type { VirtualClock } from './clock.js'
import { spoil } from './faults.js'
import { skipKnown, toFetchResponse } from './response.js'
import type { Traffic } from './traffic.js'
import { wait } from './wait.js'

/** A request on its way, and how it will fare. */
export interface Exchange {
  readonly endpoint: EndpointName
  readonly behaviour: Behaviour
  readonly knownEtag: string | undefined
  readonly signal: AbortSignal
  /** Makes the good answer, at the moment when the answer begins. */
  answer(): Promise<PlainResponse>
}

/** Answers as the behaviour says, and rejects as `fetch` does where there is no answer. */
export async function perform(
  exchange: Exchange,
  clock: VirtualClock,
  traffic: Traffic,
): Promise<FetchResponse> {
  const { endpoint, behaviour, signal } = exchange
  const { headers = {}, deaf = false } = behaviour
  const heeded = deaf ? undefined : signal
  const given = await traffic.carry(endpoint, heeded, () => respond(exchange, clock, heeded))
  return toFetchResponse(given, headers, heeded)
}

async function respond(
  { endpoint, behaviour: { fault, delay = 0 }, knownEtag, answer }: Exchange,
  clock: VirtualClock,
  signal: AbortSignal | undefined,
): Promise<PlainResponse> {
  const pause = (seconds: Seconds) => wait(clock, seconds, signal)
  signal?.throwIfAborted()
  if (delay > 0) await pause(delay)
  const good = await answer()
  return fault === undefined
    ? skipKnown(good, knownEtag)
    : spoil(fault, { ...good, endpoint }, { now: clock.now(), pause })
}
