import { randomUUID } from 'node:crypto'
import type { Settings } from '../options.js'
import { joinScope, splitScope } from '../scope.js'

/**
 * The claims of an access token from the client-credentials grant for the first client, where the subject is the client
 * itself.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-2.2 RFC 9068, section 2.2}
 */
export function createClaims(settings: Settings, issuer: string): Record<string, unknown> {
  const { clientId, scope } = settings.clients[0] ?? { clientId: 'client', scope: '' }
  const issuedAt = Math.floor(settings.clock.now())
  return {
    iss: issuer,
    aud: settings.audience,
    sub: clientId,
    client_id: clientId,
    iat: issuedAt,
    exp: issuedAt + Math.ceil(settings.lifetime),
    jti: randomUUID(),
    scope: joinScope(splitScope(scope)),
  }
}
