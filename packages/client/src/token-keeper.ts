import type { Clock, Seconds } from '@bearward/core'
import { createAccessToken, type AccessToken, type Grant } from './access-token.js'
import { createPause } from './pause.js'
import { createRenewal } from './renewal.js'
import type { Settings } from './settings.js'

/** Keeps one access token, and gets the next one in time. */
export interface TokenKeeper {
  /** @throws A `TokenFailure` of the caller's own, or the reason of `signal` */
  get(signal?: AbortSignal | null): Promise<AccessToken>
  /**
   * Gets another token for one that is refused by who should accept it; `undefined` where there is none to be had now.
   * Others are given the refused one until then: who refuses it may be the only one.
   *
   * @throws The reason of `signal`
   */
  replace(refused: AccessToken, signal?: AbortSignal | null): Promise<AccessToken | undefined>
}

interface Held {
  readonly token: AccessToken
  /** On the monotonic clock. */
  readonly renewAt: Seconds
  readonly endsAt: Seconds
}

/** Renewal begins at least this long before the end, in seconds, or this share of the lifetime, whichever is earlier. */
const RENEWAL: Seconds = 30
const RENEWAL_SHARE = 0.2
/** After a refused token has been replaced, in seconds: an API that refuses every token must not cause a flood. */
const REPLACE_INTERVAL: Seconds = 10
/** A server that gives tokens which have expired already must not be asked for each call. */
const SHORTEST_LIFETIME: Seconds = 1

/** Makes a keeper that asks for tokens with `request`: when it is asked itself, and never more than once at a time. */
export function createTokenKeeper(settings: Settings, request: () => Promise<Grant>): TokenKeeper {
  const { clock } = settings
  let held: Held | undefined
  let isRefused = false
  let replacedAt = -Infinity

  const renewal = createRenewal(createPause(clock), async () => {
    const asked = { monotonic: clock.monotonic(), wall: clock.now() }
    held = hold(await request(), asked, settings)
    // A failure does not count: the pause after it is enough.
    if (isRefused) replacedAt = clock.monotonic()
    isRefused = false
    return held.token
  })

  return {
    async get(signal) {
      signal?.throwIfAborted()
      if (held === undefined || !isGood(held, clock)) return renewal.wait(signal)
      if (clock.monotonic() >= held.renewAt) renewal.begin()
      return held.token
    },
    async replace(refused, signal) {
      signal?.throwIfAborted()
      if (held !== undefined && isGood(held, clock)) {
        if (held.token !== refused) return held.token // another caller was quicker
        if (clock.monotonic() - replacedAt < REPLACE_INTERVAL) return undefined
        isRefused = true
      }
      try {
        return await renewal.wait(signal)
      } catch {
        signal?.throwIfAborted()
        return undefined
      }
    },
  }
}

/** The lifetime counts from the moment of the question: the answer cannot be older (RFC 6749, section 5.1). */
function hold(
  grant: Grant,
  asked: { readonly monotonic: Seconds; readonly wall: Seconds },
  { scopes, defaultLifetime }: Settings,
): Held {
  const lifetime = Math.max(grant.lifetime ?? defaultLifetime, SHORTEST_LIFETIME)
  const early = Math.min(Math.max(RENEWAL, RENEWAL_SHARE * lifetime), lifetime / 2)
  return {
    token: createAccessToken(grant, asked.wall + lifetime, scopes),
    renewAt: asked.monotonic + lifetime - early,
    endsAt: asked.monotonic + lifetime,
  }
}

/** By both clocks: one stands still while the machine sleeps, the other can be set back. */
function isGood({ token, endsAt }: Held, clock: Clock): boolean {
  return clock.monotonic() < endsAt && clock.now() < token.expiresAt
}
