import type { CommonOptions, DpopOptions, IssuerOptions, ProtectedResourceRequest } from '@bearward/core'
import {
  createProof,
  createProofKey,
  type ProofChanges,
  type ProofKey,
  type ProofRequest,
} from '@bearward/testing'
import { judge, requestWith, type Verdict } from './request.js'
import { createVirtualServers, type VirtualServers } from './virtual-servers.js'

/** Public origin of the API. */
export const ORIGIN = 'https://api.example.com'
/** Where proofs are for, unless something else is said. */
export const URL_OF_STATS = `${ORIGIN}/stats`
/** Where no nonces are wanted, the option that accepts DPoP. */
export const DPOP: DpopOptions = { origin: ORIGIN }
export const SECRET = 'a secret of thirty-two characters'

/** A request with a DPoP token. */
export interface DpopRequest {
  readonly token: string
  /** One for each field line. Default: none. */
  readonly proof?: string | readonly string[]
  /** Default: `GET`. */
  readonly method?: string
  /** Default: `/stats`. */
  readonly target?: string
  /** Default: `DPoP`. */
  readonly scheme?: string
  readonly fields?: Readonly<Record<string, string | readonly string[]>>
  /** Members of the request to add or replace. */
  readonly members?: Partial<ProtectedResourceRequest>
}

/** A resource server that accepts DPoP, and a client that has a key. */
export interface DpopServers extends VirtualServers {
  readonly key: ProofKey
  /** Mints a token that is bound to the key. */
  mintBound(claims?: Readonly<Record<string, unknown>>): Promise<string>
  /** Makes a proof for a GET of `/stats` with a token. */
  prove(token: string, request?: Partial<ProofRequest>, changes?: ProofChanges): Promise<string>
  judge(request: DpopRequest): Promise<Verdict>
  /** `accepted`, or the code of the error. */
  verdictOf(request: DpopRequest): Promise<string>
}

/** Makes them anew, for one test. */
export async function createDpopServers(
  options: CommonOptions & Partial<IssuerOptions> = {},
): Promise<DpopServers> {
  const servers = await createVirtualServers({ dpop: DPOP, ...options })
  const key = await createProofKey()
  const judgeRequest = (request: DpopRequest) => judge(servers.resourceServer, toRequest(request))
  return {
    ...servers,
    key,
    mintBound: (claims) => servers.authorizationServer.mint({ cnf: { jkt: key.thumbprint }, ...claims }),
    prove: (token, request, changes) =>
      createProof(key, { url: URL_OF_STATS, token, issuedAt: servers.clock.now(), ...request }, changes),
    judge: judgeRequest,
    async verdictOf(request) {
      const outcome = await judgeRequest(request)
      return outcome.verdict === 'accepted' ? 'accepted' : outcome.error.code
    },
  }
}

/** What the core sees of a request with a DPoP token. */
export function toRequest(request: DpopRequest): ProtectedResourceRequest {
  const { token, proof, method = 'GET', target = '/stats', scheme = 'DPoP', fields, members } = request
  return {
    ...requestWith({
      authorization: `${scheme} ${token}`,
      ...(proof !== undefined && { dpop: proof }),
      ...fields,
    }),
    method,
    target,
    ...members,
  }
}
