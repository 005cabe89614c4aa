import { createPublicKey, verify, webcrypto, type KeyObject } from 'node:crypto'
import { createResourceServer, type ProtectedResourceRequest } from '@bearward/core'
import { EmbeddedJWK, jwtVerify } from 'jose'
import { customFetch, validateJwtAccessToken, type AuthorizationServer } from 'oauth4webapi'
import type { BoundRequest, Client } from '../clients.js'
import { AUDIENCE, toScheme } from '../issuer.js'
import { splitProof, type ProofPeer } from './proof-peer.js'

/** What all requests are for. */
export const TARGET = { origin: 'https://stats.example.com', path: '/stats' }

/** One verification, with a key that was imported before: nothing that checks a proof there can be faster. */
export const proofOnPool: ProofPeer = {
  name: 'bare `crypto.verify` on the pool',
  create(_issuer, client) {
    const { digest, key } = toKey(client)
    return ({ proof }) =>
      new Promise((resolve, reject) => {
        const [input, signature] = splitProof(proof)
        verify(digest, input, key, signature, (error, isGood) => {
          if (error === null && isGood) resolve(undefined)
          else reject(error ?? new Error('not its signature'))
        })
      })
  },
}

export const proofInLine: ProofPeer = {
  name: 'bare `crypto.verify` in line',
  create(_issuer, client) {
    const { digest, key } = toKey(client)
    return ({ proof }) => {
      const [input, signature] = splitProof(proof)
      if (!verify(digest, input, key, signature)) throw new Error('not its signature')
    }
  },
}

/** On the pool as well; likewise with a key that was imported before. */
export const proofByWebCrypto: ProofPeer = {
  name: 'bare `crypto.subtle.verify`',
  create(_issuer, { key: { algorithm, publicJwk } }) {
    const scheme = algorithm === 'EdDSA' ? { name: 'Ed25519' } : { name: 'ECDSA', namedCurve: 'P-256' }
    const imported = webcrypto.subtle.importKey('jwk', { ...publicJwk }, scheme, false, ['verify'])
    return async ({ proof }) => {
      const [input, signature] = splitProof(proof)
      const isGood = await webcrypto.subtle.verify(
        { ...scheme, hash: 'SHA-256' },
        await imported,
        signature,
        input,
      )
      if (!isGood) throw new Error('not its signature')
    }
  },
}

/** With the key that each proof brings: what `express-oauth2-jwt-bearer` does with an older `jose`. */
export const proofByJose: ProofPeer = {
  name: '`jose.jwtVerify`, `EmbeddedJWK`',
  create:
    () =>
    ({ proof }) =>
      jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt' }),
}

/** The token, too, each time. It leaves used proofs to the caller. */
export const proofByOauth4webapi: ProofPeer = {
  name: '`oauth4webapi.validateJwtAccessToken`',
  checks: { token: true, replay: false },
  create({ issuer, jwk }) {
    const server: AuthorizationServer = { issuer, jwks_uri: `${issuer}/jwks` }
    const options = { [customFetch]: () => Promise.resolve(Response.json({ keys: [jwk] })) }
    return ({ authorization, proof }) => {
      const request = new Request(TARGET.origin + TARGET.path, { headers: { authorization, dpop: proof } })
      return validateJwtAccessToken(server, request, AUDIENCE, options)
    }
  },
}

export const bearwardProof: ProofPeer = {
  name: 'Bearward, `await authenticate`',
  checks: { token: true, replay: true },
  create({ issuer, jwk }) {
    const resourceServer = createResourceServer({
      issuer,
      audience: AUDIENCE,
      jwksUri: `${issuer}/jwks`,
      fetch: () => Promise.resolve(Response.json({ keys: [jwk] })),
      dpop: { origin: TARGET.origin },
    })
    return (request) => resourceServer.authenticate(new BoundFieldRequest(request))
  },
}

/** As the adapters make one: with a source, by which a second look at the same request is known. */
class BoundFieldRequest implements ProtectedResourceRequest {
  readonly method = 'GET'
  readonly target = TARGET.path
  readonly secure = true
  readonly source = {}
  readonly #fields: BoundRequest
  constructor(fields: BoundRequest) {
    this.#fields = fields
  }
  fieldValues(name: string): readonly string[] {
    if (name === 'authorization') return [this.#fields.authorization]
    return name === 'dpop' ? [this.#fields.proof] : []
  }
}

function toKey({ key: { algorithm, publicJwk } }: Client): {
  digest: string | null
  key: { key: KeyObject }
} {
  const { digest, options } = toScheme(algorithm as 'ES256')
  return { digest, key: { key: createPublicKey({ key: { ...publicJwk }, format: 'jwk' }), ...options } }
}
