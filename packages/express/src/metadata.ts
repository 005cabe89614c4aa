import type { ResourceServer } from '@bearward/core'
import { send, toRequest, type Handler } from './express.js'
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
 *   app.use(protectedResourceMetadata(resourceServer), requireToken(resourceServer))
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-3 RFC 9728, section 3}
 */
export function protectedResourceMetadata(resourceServer: ResourceServer): Handler {
  const answerMetadata = declarations.metadataOf(resourceServer)
  return (req, res, next) => {
    const answer = answerMetadata(toRequest(req, res))
    if (answer === undefined) next()
    else if (!res.headersSent) send(res, answer)
  }
}
