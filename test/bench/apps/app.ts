import type { RequestListener } from 'node:http'

/** What every application is told. */
export interface Source {
  readonly issuer: string
  readonly audience: string
  readonly jwksUri: string
}

/** An application with one route, and the library that protects it, used as its own documentation says. */
export interface App {
  readonly title: string
  /** The one without a library on the same framework. */
  readonly bare: 'express' | 'koa'
  create(source: Source): RequestListener
}

/** The answer of every route. */
export const STATS = { visits: 1 }

/** What the route asks for, where the library can ask. */
export const SCOPE = 'stats:read'
