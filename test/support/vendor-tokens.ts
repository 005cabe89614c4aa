import type { AccessTokenProfile, Auth, ProfileName } from '@bearward/core'
import { judge, requestWithToken, type Verdict } from './request.js'
import type { Servers } from './servers.js'

/** A token as a server documents it. */
export interface DocumentedToken {
  /** Besides `alg` and `kid`. Default: nothing, not even `typ`. */
  readonly header?: Readonly<Record<string, unknown>>
  /** Besides `iss`, `iat` and `exp`. */
  readonly claims: Readonly<Record<string, unknown>>
}

/** Signs a token exactly as it is documented: nothing is added to it but what no documentation can hold. */
export function mintDocumented(servers: Servers, { header, claims }: DocumentedToken): Promise<string> {
  const { issuer, mint } = servers.authorizationServer
  const now = Math.floor(Date.now() / 1000)
  return mint(
    {},
    {
      header: { typ: undefined, ...header },
      payload: JSON.stringify({ iss: issuer, iat: now, exp: now + 300, ...claims }),
    },
  )
}

/** The verdict on a documented token under a profile. */
async function judgeDocumented(
  servers: Servers,
  profile: ProfileName | AccessTokenProfile,
  token: DocumentedToken,
): Promise<Verdict> {
  return judge(servers.protect({ profile }), requestWithToken(await mintDocumented(servers, token)))
}

/** The verdict in a word: `accepted`, or the code of the error. */
export async function verdictUnder(
  servers: Servers,
  profile: ProfileName | AccessTokenProfile,
  token: DocumentedToken,
): Promise<string> {
  const verdict = await judgeDocumented(servers, profile, token)
  return verdict.verdict === 'accepted' ? 'accepted' : verdict.error.code
}

/** Who makes the request, and what the token allows; or the code of the error. */
export async function readUnder(
  servers: Servers,
  profile: ProfileName | AccessTokenProfile,
  token: DocumentedToken,
): Promise<
  | string
  | {
      readonly subject: Auth['subject']
      readonly clientId: Auth['clientId']
      readonly scopes: readonly string[]
    }
> {
  const verdict = await judgeDocumented(servers, profile, token)
  if (verdict.verdict !== 'accepted') return verdict.error.code
  const { subject, clientId, scopes } = verdict.auth
  return { subject, clientId, scopes: [...scopes] }
}
