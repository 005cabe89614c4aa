import { createResourceServer, type IssuerOptions } from '@bearward/core'
import { createOwnKey, putTogether } from '../../support/jws.js'
import { createManualClock } from '../../support/manual-clock.js'
import { verdictOn } from '../../support/request.js'
import { AUDIENCE } from '../../support/servers.js'

const TENANT = /^https:\/\/t\d+\.example\.com$/
/** So many are kept. */
export const MOST = 1_000
export const toIssuer = (tenant: number) => `https://t${tenant}.example.com`
export const own = createOwnKey('P-256')
export const nextTurn = (): Promise<unknown> => new Promise(setImmediate)

/**
 * A resource server of countless tenants: `https://t1.example.com`, `https://t2.example.com` and so on. All of them have the
 * same key.
 *
 * @param look Finds the options of a tenant.
 * @param answer Answers a request for the key set at this URL otherwise.
 */
export function prepare({
  look = (options: IssuerOptions): Promise<IssuerOptions | undefined> => Promise.resolve(options),
  answer = (_url: string): Promise<Response> | undefined => undefined,
} = {}) {
  const clock = createManualClock()
  const lookUps: string[] = []
  const requests: string[] = []
  const fetch: NonNullable<IssuerOptions['fetch']> = async (url) => {
    requests.push(url)
    const { origin, pathname } = new URL(url)
    const metadata = { issuer: origin, jwks_uri: `${origin}/jwks` }
    if (pathname.startsWith('/.well-known/')) return Response.json(metadata)
    return (await answer(url)) ?? Response.json({ keys: [own.jwk] })
  }
  const resourceServer = createResourceServer({
    audience: AUDIENCE,
    clock,
    resolveAuthorizationServer: async (issuer) => {
      lookUps.push(issuer)
      return TENANT.test(issuer) ? look({ issuer, fetch }) : undefined
    },
  })
  const mint = (iss: string, kid = 'own'): string => {
    const iat = Math.floor(clock.now())
    const claims = { iss, aud: AUDIENCE, sub: 's', client_id: 'c', jti: 'j', iat, exp: iat + 600 }
    const header = { alg: 'ES256', typ: 'at+jwt', kid }
    return kid === 'own' ? own.sign(header, claims) : putTogether(header, claims, 'no signature')
  }
  /** Each verdict that there was on tokens of these issuers at once, once. */
  const verdictsOn = async (issuers: readonly string[], kid?: string): Promise<readonly string[]> => {
    const verdicts = issuers.map((issuer) => verdictOn(resourceServer, mint(issuer, kid)))
    return [...new Set(await Promise.all(verdicts))].sort()
  }
  return { clock, resourceServer, lookUps, requests, mint, verdictsOn }
}

export const range = (size: number, start = 0): readonly string[] =>
  Array.from({ length: size }, (_, index) => toIssuer(start + index))
