import { createProof, createProofKey, type ProofKey } from '@bearward/testing'
import type { Issuer } from './issuer.js'

/** What clients sign their proofs with. */
export const PROOF_ALGORITHMS = ['ES256', 'EdDSA'] as const
export type ProofAlgorithm = (typeof PROOF_ALGORITHMS)[number]

/** A client of DPoP: its key, and an access token that is bound to it. */
export interface Client {
  readonly key: ProofKey
  readonly token: string
}

/** The two fields of a request that a client makes. */
export interface BoundRequest {
  readonly authorization: string
  readonly proof: string
}

export async function createClient(issuer: Issuer, algorithm: ProofAlgorithm): Promise<Client> {
  const key = await createProofKey(algorithm)
  const [token = ''] = await issuer.mint(1, { cnf: { jkt: key.thumbprint } })
  return { key, token }
}

/**
 * Signs a proof for each request, of the clients in turn. They have to be sent soon: a proof says when it was made.
 *
 * @param url What is requested, by GET.
 */
export async function signRequests(
  clients: readonly Client[],
  count: number,
  url: string,
): Promise<readonly BoundRequest[]> {
  const requests: BoundRequest[] = []
  for (let index = 0; index < count; index += 1) {
    const client = clients[index % clients.length]
    if (client === undefined) throw new TypeError('clients: there is none')
    const { key, token } = client
    requests.push({ authorization: `DPoP ${token}`, proof: await createProof(key, { url, token }) })
  }
  return requests
}

/** Another one, of which the proof has the signature of a second proof. */
export function forgeProof({ authorization, proof }: BoundRequest, other: BoundRequest): BoundRequest {
  const [input, signature] = [proof, other.proof].map((text) => text.split(/\.(?=[^.]*$)/u))
  return { authorization, proof: `${input?.[0] ?? ''}.${signature?.[1] ?? ''}` }
}

/** The good proof of a good client, for another token than that of the request. */
export async function mismatch({ key, token }: Client, other: Client, url: string): Promise<BoundRequest> {
  return { authorization: `DPoP ${token}`, proof: await createProof(key, { url, token: other.token }) }
}
