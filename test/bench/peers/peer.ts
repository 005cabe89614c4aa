import type { Issuer } from '../issuer.js'

/** Judges the value of an `Authorization` field; throws, or rejects, where the token is not good. */
export type Judge = (value: string) => unknown

/** A library, or a way to use it. */
export interface Peer {
  readonly name: string
  /** Whether it keeps verdicts; only then there is a hit. */
  readonly caches: boolean
  /** Default: all that are measured. */
  readonly algorithms?: readonly string[]
  /** A new one that knows nothing yet but the key. @param size How many verdicts to make room for. */
  create(issuer: Issuer, size: number): Judge
}
