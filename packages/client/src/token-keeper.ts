import type { Clock, Seconds } from '@bearward/core'
import { createAccessToken, type AccessToken, type Grant } from './access-token.js'
import { createPause } from './pause.js'
import { createRenewal } from './renewal.js'
import type { Settings } from './settings.js'

/** Keeps one access token, and gets the next one in time. */
export interface TokenKeeper {
  /** @throws A `TokenFailure` of the caller's own, or the reason of `signal` */
  get(signal?: AbortSignal | null): Promise<AccessToken>
  /** A token is refused by who should accept it. Says whether `get` will give another one. */
  drop(refused: AccessToken): boolean
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
/** Between two tokens that are given up early, in seconds: an API that refuses every token must not cause a flood. */
const DROP_INTERVAL: Seconds = 10

/** Makes a keeper that asks for tokens with `request`: when it is asked itself, and never more than once at a time. */
export function createTokenKeeper(settings: Settings, request: () => Promise<Grant>): TokenKeeper {
  const { clock } = settings
  let held: Held | undefined
  let droppedAt = -Infinity

  const renewal = createRenewal(createPause(clock), async () => {
    const asked = { monotonic: clock.monotonic(), wall: clock.now() }
    held = hold(await request(), asked, settings)
    return held.token
  })

  return {
    async get(signal) {
      signal?.throwIfAborted()
      if (held === undefined || !isGood(held, clock)) return renewal.wait(signal)
      if (clock.monotonic() >= held.renewAt) renewal.begin()
      return held.token
    },
    drop(refused) {
      if (held?.token !== refused) return true // another caller was quicker
      if (clock.monotonic() - droppedAt < DROP_INTERVAL) return false
      droppedAt = clock.monotonic()
      held = undefined
      return true
    },
  }
}

/** The lifetime counts from the moment of the question: the answer cannot be older (RFC 6749, section 5.1). */
function hold(
  grant: Grant,
  asked: { readonly monotonic: Seconds; readonly wall: Seconds },
  { scopes, defaultLifetime }: Settings,
): Held {
  const lifetime = grant.lifetime ?? defaultLifetime
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
