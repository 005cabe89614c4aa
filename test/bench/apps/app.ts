import type { RequestListener } from 'node:http'
import type { Algorithm } from '../issuer.js'

/** What every application is told. */
export interface Source {
  readonly issuer: string
  readonly audience: string
  readonly jwksUri: string
  readonly algorithm: Algorithm
}

/** An application with one route, and the library that protects it, used as its own documentation says. */
export interface App {
  readonly title: string
  /** The one without a library on the same framework. */
  readonly bare: 'express' | 'fastify' | 'hono' | 'koa'
  /** Default: it takes no proofs. */
  readonly proofs?: 'once' | 'as often as they come'
  create(source: Source): RequestListener | Promise<RequestListener>
}

/** The answer of every route. */
export const STATS = { visits: 1 }

/** With which media type. */
export const MEDIA_TYPE = 'application/json; charset=utf-8'

/** What applications are asked at, as their clients write it. */
export const ORIGIN = 'http://127.0.0.1'

/** What the route asks for, where the library can ask. */
export const SCOPE = 'stats:read'

/** The keys of the issuer, for a library that does not fetch them itself, or does so for each request. */
export async function fetchKeys({ jwksUri }: Source): Promise<readonly Record<string, string>[]> {
  const { keys } = (await (await fetch(jwksUri)).json()) as { keys: Record<string, string>[] }
  return keys
}
