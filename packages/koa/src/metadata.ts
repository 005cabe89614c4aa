import type { ResourceServer } from '@bearward/core'
import { send, toRequest, type Middleware } from './koa.js'
import { declarations } from './guards.js'

/**
 * Serves the protected resource metadata at its well-known URL, whatever the path this is mounted at; lets all other
 * requests pass. Goes before `requireToken`: it is for clients that have no token yet.
 *
 * @param resourceServer With the option `resourceMetadata`.
 *
 * @throws {@link ConfigurationError} at start-up, where that option is missing
 *
 * @example
 *   app.use(protectedResourceMetadata(resourceServer)).use(requireToken(resourceServer))
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-3 RFC 9728, section 3}
 */
export function protectedResourceMetadata(resourceServer: ResourceServer): Middleware {
  const answerMetadata = declarations.metadataOf(resourceServer)
  return async (ctx, next) => {
    const answer = answerMetadata(toRequest(ctx))
    if (answer === undefined) await next()
    else if (!ctx.headerSent) send(ctx, answer)
  }
}
