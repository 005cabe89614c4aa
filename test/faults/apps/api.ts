import type { RequestHandler } from 'express'

/** What every library is told about the authorization server. */
export interface Source {
  readonly issuer: string
  readonly audience: string
  /** Where this library reaches the authorization server: a port of its own, so that its fetches can be counted. */
  readonly origin: string
}

/** A library, used as its own documentation says. */
export interface Library {
  readonly title: string
  /** The packages whose versions matter. */
  readonly packages: readonly string[]
  protect(source: Source): RequestHandler
}

/** How long each library keeps keys, in seconds, where it can be told: the least that Bearward takes. */
export const CACHE_SECONDS = 60

/** Where `oidc-provider` has its key set. */
export function toJwksUri({ origin }: Source): string {
  return `${origin}/jwks`
}

/** The token of `Authorization: Bearer …`, for libraries that are no middleware. */
export function readToken(header = ''): string {
  return /^Bearer (?<token>\S+)$/i.exec(header)?.groups?.['token'] ?? ''
}
