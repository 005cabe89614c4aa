import type { BoundRequest, Client } from '../clients.js'
import type { Issuer } from '../issuer.js'

/** Judges a request with a proof; throws, or rejects, where it is not good. */
export type ProofJudge = (request: BoundRequest) => unknown

/** A library, or a way to use it. */
export interface ProofPeer {
  readonly name: string
  /** Default: the signature of the proof, and nothing of the token. */
  readonly checks?: {
    /** Whether the proof is for the token. */
    readonly token: boolean
    /** Whether the proof was used before. */
    readonly replay: boolean
  }
  /** A new one that knows the key of the issuer; and that of the client, if it can. */
  create(issuer: Issuer, client: Client): ProofJudge
}

/** Of a JWS, the part that is signed, and the signature. */
export function splitProof(proof: string): [Buffer, Buffer] {
  const dot = proof.lastIndexOf('.')
  return [Buffer.from(proof.slice(0, dot), 'latin1'), Buffer.from(proof.slice(dot + 1), 'base64url')]
}
