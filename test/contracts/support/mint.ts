import type { Seconds } from '@bearward/core'
import type { MachineClock } from './clock.js'
import type { TokenKind } from './schedule.js'
import { ATTACKER_KEY, LIFETIME, signToken, type PoolKey, type TokenParts } from './tokens.js'
import type { Truth } from './truth.js'

/** A token, and what it really is. */
export interface Minted {
  readonly kind: TokenKind
  readonly text: string
  /** What signed it. `undefined` for what is no token. */
  readonly key: PoolKey | undefined
  /** In its header. */
  readonly kid: string | null
  /** Wall-clock times. */
  readonly issuedAt: Seconds
  readonly expiresAt: Seconds
  /** Whether the authorization server made it, a moment ago, with a key that was published then. */
  readonly isGenuine: boolean
}

const HOUR: Seconds = 3_600

/** Makes a token of a kind, now; in some of its parts other than usual. */
export type Mint = (kind: TokenKind, changes?: Partial<TokenParts>) => Minted

/** Makes tokens of all kinds. */
export function createMint(truth: Truth, clock: MachineClock): Mint {
  let strangers = 0

  function describe(kind: TokenKind): Omit<TokenParts, 'issuedAt'> & { readonly age?: Seconds } {
    const newest = truth.published()[0] ?? ATTACKER_KEY
    const oldest = truth.published().at(-1) ?? ATTACKER_KEY
    switch (kind) {
      case 'older':
        return { key: oldest }
      case 'without-kid':
        return { key: newest, kid: null }
      case 'withdrawn':
        return { key: truth.withdrawn() ?? ATTACKER_KEY }
      case 'expired':
        return { key: newest, age: HOUR }
      case 'stranger':
        return { key: ATTACKER_KEY, kid: `stranger-${String((strangers += 1))}` }
      case 'old-stranger':
        return {
          key: ATTACKER_KEY,
          kid: `stranger-${String((strangers += 1))}`,
          age: HOUR,
          lifetime: 2 * HOUR,
        }
      case 'known-stranger':
        return { key: ATTACKER_KEY, kid: 'stranger' }
      case 'forged':
        return { key: ATTACKER_KEY, kid: newest.kid }
      case 'forged-without-kid':
        return { key: ATTACKER_KEY, kid: null }
      case 'other-issuer':
        return { key: newest, issuer: 'https://other.example.com' }
      default:
        return { key: newest }
    }
  }

  return (kind, changes) => {
    const { age = 0, ...usual } = describe(kind)
    const parts: TokenParts = { issuedAt: clock.now() - age, ...usual, ...changes }
    const issuedAt = Math.floor(parts.issuedAt)
    return {
      kind,
      text: kind === 'garbage' ? 'garbage' : signToken(parts),
      key: kind === 'garbage' ? undefined : parts.key,
      kid: parts.kid === undefined ? parts.key.kid : parts.kid,
      issuedAt,
      expiresAt: issuedAt + (parts.lifetime ?? LIFETIME),
      isGenuine: kind === 'good' || kind === 'older' || kind === 'without-kid',
    }
  }
}
