import type { MintOptions } from '@bearward/testing'
import { useIntrospectingServers, type IntrospectingServers } from '../../support/introspection.js'
import { verdictOn } from '../../support/request.js'
import { AUDIENCE } from '../../support/servers.js'

/** Media type of a signed answer: RFC 9701, section 10.3. */
export const JWT_TYPE = 'application/token-introspection+jwt'
export const HEADER = { typ: 'token-introspection+jwt' } as const
/** What an answer says of a good token. */
export const ACTIVE = { active: true, aud: AUDIENCE } as const
/** What an answer has at its top level, besides `iss` and `iat`: nothing of what access tokens have. */
export const TOP = {
  aud: 'client',
  sub: undefined,
  exp: undefined,
  jti: undefined,
  scope: undefined,
  client_id: undefined,
} as const

type Members = Readonly<Record<string, unknown>>

/** Servers, and the verdicts of resource servers that want signed answers. */
export interface SignedAnswers extends IntrospectingServers {
  /** The verdict on any token. */
  verdict(): Promise<string>
  /** The verdict where the answer is a JWT with these members, made in this way. */
  verdictWith(members?: Members, options?: MintOptions): Promise<string>
}

/** Starts them for all tests of a file. */
export function useSignedAnswers(): () => SignedAnswers {
  const servers = useIntrospectingServers()
  return () => {
    const started = servers()
    const { authorizationServer, introspect, answer } = started
    const verdict = () => verdictOn(introspect({ responseFormat: 'jwt' }), 'opaque')
    return {
      ...started,
      verdict,
      async verdictWith(members = {}, { header = HEADER, ...options } = {}) {
        const claims = { ...TOP, token_introspection: ACTIVE, ...members }
        const body = await authorizationServer.mint(claims, { header, ...options })
        answer({ headers: { 'Content-Type': JWT_TYPE }, body })
        return verdict()
      },
    }
  }
}
