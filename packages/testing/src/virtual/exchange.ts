import type { FetchResponse, Seconds } from '@bearward/core'
import type { EndpointName } from '../endpoints.js'
import type { PlainResponse } from '../http/message.js'
import type { Behaviour } from './behaviour.js'
import type { VirtualClock } from './clock.js'
import { spoil } from './faults.js'
import { skipKnown, toFetchResponse } from './response.js'
import { wait } from './wait.js'

/** A request on its way, and how it will fare. */
export interface Exchange {
  readonly endpoint: EndpointName
  readonly behaviour: Behaviour
  readonly knownEtag: string | undefined
  readonly signal: AbortSignal
}

/**
 * Answers as the behaviour says, and rejects as `fetch` does where there is no answer.
 *
 * @param answer Makes the good answer, at the moment when the answer begins.
 */
export async function perform(
  { endpoint, behaviour, knownEtag, signal }: Exchange,
  clock: VirtualClock,
  answer: () => Promise<PlainResponse>,
): Promise<FetchResponse> {
  const { fault, delay = 0, headers = {}, deaf = false } = behaviour
  const heeded = deaf ? undefined : signal
  const pause = (seconds: Seconds) => wait(clock, seconds, heeded)
  heeded?.throwIfAborted()
  if (delay > 0) await pause(delay)
  const good = await answer()
  const given =
    fault === undefined
      ? skipKnown(good, knownEtag)
      : await spoil(fault, { ...good, endpoint }, { now: clock.now(), pause })
  return toFetchResponse(given, headers, heeded)
}
