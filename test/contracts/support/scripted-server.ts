import type { Fetch, Seconds } from '@bearward/core'
import type { Behaviour, ScriptedAuthorizationServer } from '@bearward/testing'
import type { MachineClock } from './clock.js'
import { KEY_POOL, type PoolKey } from './tokens.js'
import type { Truth } from './truth.js'

/** The way back takes time: an answer may be out of date when it comes. */
export function delayAnswers(fetch: Fetch, clock: MachineClock, latency: Seconds = 0): Fetch {
  if (latency === 0) return fetch
  return async (url, init) => {
    const response = await fetch(url, init)
    await new Promise<void>((resolve) => clock.after(latency, resolve))
    return response
  }
}

/** The keys of the pool that are published. */
export interface Keys {
  rotate(options?: { readonly keepOld?: boolean }): PoolKey
  withdraw(): void
}

/** Publishes keys of the pool, at the server and in the truth. */
export function createKeys(server: ScriptedAuthorizationServer, clock: MachineClock, truth: Truth): Keys {
  let used = 0
  function publish(keys: readonly PoolKey[]): void {
    truth.publish(keys, clock.monotonic())
    server.publish(keys.map(({ jwk }) => jwk))
  }
  function rotate({ keepOld = false } = {}): PoolKey {
    const key = KEY_POOL[used]
    if (key === undefined) throw new Error('The pool of keys is empty: make it larger')
    used += 1
    publish(keepOld ? [key, ...truth.published()] : [key])
    return key
  }
  rotate()
  return {
    rotate,
    withdraw() {
      if (truth.published().length > 1) publish(truth.published().slice(0, -1))
    },
  }
}

/** Tells the server how to behave, and the truth whether that is well. */
export function createBehave(
  server: ScriptedAuthorizationServer,
  clock: MachineClock,
  truth: Truth,
): (endpoint: 'jwks' | 'metadata', behaviour: Behaviour | undefined) => void {
  const ill = new Set<string>()
  return (endpoint, behaviour) => {
    server.behave(endpoint, behaviour)
    if (behaviour === undefined || isHarmless(behaviour)) ill.delete(endpoint)
    else ill.add(endpoint)
    truth.setHealthy(ill.size === 0, clock.monotonic())
  }
}

/** Whether a good answer comes within the wait limit, discovery included. */
function isHarmless({ fault, delay = 0 }: Behaviour): boolean {
  return fault === undefined && delay < 1.5
}
