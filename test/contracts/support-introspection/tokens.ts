import type { ForgetCriteria, Seconds } from '@bearward/core'
import type { ScriptedAuthorizationServer } from '@bearward/testing'
import type { MachineClock } from '../support/clock.js'

export const ISSUER = 'https://as.example.com'
export const AUDIENCE = 'https://api.example.com'

/** Tokens that the authorization server made. */
export const NAMES = ['plain', 'other', 'brief', 'endless', 'foreign'] as const
export type Name = (typeof NAMES)[number]

/** What a request carries: a token of the server, or something else. */
export type TokenKind =
  | Name
  /** Another one each time, which the server does not know. */
  | 'random'
  /** The same each time, which the server does not know. */
  | 'stranger'
  /** Looks like a JWT, and is none. */
  | 'garbage'
  /** Cannot be a token at all. */
  | 'malformed'
  /** A JWT access token, whose text the test has. */
  | 'jwt'

export const KINDS = [...NAMES, 'random', 'stranger', 'garbage', 'malformed'] as const

/** What the server says of a token, besides that it is active. */
export interface Claims {
  readonly sub: string
  readonly client_id: string
  readonly sid: string
  readonly aud: string
  readonly scope: string
  readonly iat: Seconds
  readonly exp: Seconds | undefined
  readonly jti: string
}

/** From which turn of events to which a token is active; `Infinity` while it is. */
interface Activity {
  readonly from: Seconds
  to: Seconds
}

/** The tokens of a run, and what became of them. */
export interface Tokens {
  /** The text that a request of a kind carries. */
  text(kind: TokenKind): string
  claims(name: Name): Claims
  revoke(name: Name): void
  /** Makes a revoked token active again. */
  restore(name: Name): void
  rescope(name: Name, scope: string): void
  /** Whether a token was active, as far as revocation goes, at some instant from `from` to `to`. */
  wasActive(text: string, from: Seconds, to: Seconds): boolean
  /** Whether what a test forgets is said of this token. */
  fits(text: string, criteria: ForgetCriteria): boolean
}

const SAID = {
  plain: { sub: 'alice', client_id: 'app', sid: 'one' },
  other: { sub: 'bob', client_id: 'app', sid: 'two' },
  brief: { sub: 'alice', client_id: 'tool', sid: 'three' },
  endless: { sub: 'carol', client_id: 'tool', sid: 'four' },
  foreign: { sub: 'alice', client_id: 'app', sid: 'five', aud: 'https://other.example.com' },
} as const satisfies Record<Name, Partial<Claims>>

const LIFETIMES: Readonly<Record<Name, Seconds>> = {
  plain: 300,
  other: 3_600,
  brief: 12,
  endless: Infinity,
  foreign: 300,
}

/** Makes one of each name. */
export function createTokens(server: ScriptedAuthorizationServer, clock: MachineClock): Tokens {
  const texts = new Map<Name, string>()
  const claims = new Map<Name, Claims>()
  const activities = new Map<string, Activity[]>()
  let randoms = 0

  function publish(name: Name, said: Claims): void {
    claims.set(name, said)
    server.mintOpaque({ ...said }, { token: textOf(name) })
  }

  function textOf(name: Name): string {
    return texts.get(name) ?? `opaque-${name}`
  }

  function isActive(name: Name): boolean {
    return activities.get(textOf(name))?.at(-1)?.to === Infinity
  }

  for (const name of NAMES) {
    const iat = Math.floor(clock.now())
    const exp = LIFETIMES[name] === Infinity ? undefined : iat + LIFETIMES[name]
    publish(name, { aud: AUDIENCE, scope: 'stats:read', iat, exp, jti: name, ...SAID[name] })
    activities.set(textOf(name), [{ from: -Infinity, to: Infinity }])
  }

  function known(name: Name): Claims {
    const said = claims.get(name)
    if (said === undefined) throw new Error(`There is no token ${name}`)
    return said
  }

  return {
    text(kind) {
      if (kind === 'random') return `random-${String((randoms += 1))}`
      if (kind === 'stranger') return 'stranger'
      if (kind === 'garbage') return 'e30.e30.garbage'
      if (kind === 'jwt') throw new TypeError('A JWT is not made here')
      return kind === 'malformed' ? 'not one token' : textOf(kind)
    },
    claims: known,
    revoke(name) {
      const last = activities.get(textOf(name))?.at(-1)
      if (last?.to === Infinity) last.to = clock.monotonic()
      server.revoke(textOf(name))
    },
    restore(name) {
      if (isActive(name)) return
      activities.get(textOf(name))?.push({ from: clock.monotonic(), to: Infinity })
      publish(name, known(name))
    },
    rescope(name, scope) {
      claims.set(name, { ...known(name), scope })
      if (isActive(name)) server.setClaims(textOf(name), { scope })
    },
    wasActive: (text, from, to) =>
      (activities.get(text) ?? []).some((activity) => activity.from <= to && activity.to >= from),
    fits(text, { subject, clientId, sessionId, issuedBefore = Infinity }) {
      const name = NAMES.find((candidate) => textOf(candidate) === text)
      if (name === undefined) return false
      const { sub, client_id, sid, iat } = known(name)
      const isSaid = (value: string, asked = value) => value === asked
      return (
        isSaid(sub, subject) && isSaid(client_id, clientId) && isSaid(sid, sessionId) && iat < issuedBefore
      )
    },
  }
}
