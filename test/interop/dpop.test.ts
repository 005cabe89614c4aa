import { beforeEach, describe, expect, test } from '@jest/globals'
import type { DpopOptions } from '@bearward/core'
import { generateKeyPair, generateProof, type JWSAlgorithm, type KeyPair } from 'dpop'
import { ClientSecretBasic, DPoP, type Client } from 'oauth4webapi'
import { createApi } from './support/api.js'
import { REPORTER } from './support/authorization-server.js'
import { call, callPersistently, requestToken, type Fetch } from './support/oauth4webapi.js'
import { startGlewlwyd } from './support/glewlwyd.js'
import { startOidcProvider } from './support/oidc-provider.js'
import { useListeners } from './support/served.js'
import { useServer } from './support/servers.js'

const CLIENT: Client = { client_id: REPORTER.clientId }
/** Glewlwyd does not know Ed25519 under this name. */
const COMMON_ALGORITHMS: readonly JWSAlgorithm[] = ['ES256', 'PS256', 'RS256']
const ALGORITHMS: readonly JWSAlgorithm[] = [...COMMON_ALGORITHMS, 'Ed25519']
const SECRET = 'a secret of thirty-two characters'
const NEWER_SECRET = 'another one of thirty-two characters'
const INVALID_PROOF = 'invalid_dpop_proof'

const refused = (...problem: readonly string[]) => ({ status: 401, problems: [problem] })
const REPLAYED = refused('dpop', INVALID_PROOF, 'The DPoP proof was used before')

describe.each([
  ['JWT access tokens that oidc-provider', startOidcProvider, 'jwt', 'jwt', ALGORITHMS],
  ['opaque access tokens that oidc-provider', startOidcProvider, 'opaque', 'introspection', ALGORITHMS],
  ['JWT access tokens that Glewlwyd', startGlewlwyd, 'jwt', 'jwt', COMMON_ALGORITHMS],
] as const)('%s binds to a key', (_name, start, format, via, algorithms) => {
  const stage = useServer(start, format)
  const serve = useListeners()
  const ACCEPTED = { status: 200, body: { clientId: 'reporter', scopes: ['stats:read'], via } }

  let codes: string[]
  let keys: KeyPair
  let token: string
  beforeEach(async () => {
    codes = []
    keys = await generateKeyPair('ES256')
    token = await getToken(keys)
  })

  async function getToken(keys: KeyPair): Promise<string> {
    const { clientSecret } = REPORTER
    const proving = { DPoP: DPoP(CLIENT, keys) }
    const answer = await requestToken(stage().issuer, CLIENT, ClientSecretBasic(clientSecret), proving)
    expect(answer.token_type).toBe('dpop')
    return answer.access_token
  }

  /** Serves the API. Returns the URL of its statistics. */
  async function protect(dpop?: Pick<DpopOptions, 'nonceSecrets'>): Promise<string> {
    const introspection = stage().introspectionCredentials('client_secret_basic')
    const origin = await serve((origin) =>
      createApi(
        stage().protect({
          accessTokens: 'mixed',
          introspection,
          dpop: { ...dpop, origin },
          onRefusal: ({ code }) => void codes.push(code),
        }),
      ),
    )
    return `${origin}/stats`
  }

  const prove = (url: string, nonce?: string): Promise<string> =>
    generateProof(keys, url, 'GET', nonce, token)

  test('are accepted with the proofs of oauth4webapi', async () => {
    const url = await protect()
    const handle = DPoP(CLIENT, keys)
    expect(await call({ url, token, DPoP: handle })).toEqual(ACCEPTED)
    expect(await call({ url: `${url}?day=1`, token, DPoP: handle })).toEqual(ACCEPTED)
  })

  test.each(algorithms)('are accepted with the proofs of dpop, signed with %s', async (algorithm) => {
    const url = await protect()
    keys = await generateKeyPair(algorithm)
    token = await getToken(keys)
    expect(await call({ url, token, proof: await prove(url) })).toEqual(ACCEPTED)
  })

  test('are refused with a proof that was used before, and accepted with the next', async () => {
    const url = await protect()
    const proof = await prove(url)
    expect(await call({ url, token, proof })).toEqual(ACCEPTED)
    expect(await call({ url, token, proof })).toEqual(REPLAYED)
    expect(await call({ url, token, proof: await prove(url) })).toEqual(ACCEPTED)
  })

  test('are accepted once, of many requests with one proof at the same time', async () => {
    const url = await protect()
    const proof = await prove(url)
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => call({ url, token, proof })))
    expect(outcomes.filter(({ status }) => status === 200)).toEqual([ACCEPTED])
    expect(outcomes.filter(({ status }) => status !== 200)).toEqual(Array(19).fill(REPLAYED))
  })

  test('are refused as Bearer tokens, with and without a proof that goes along', async () => {
    const url = await protect()
    const handle = DPoP(CLIENT, keys)
    expect(await call({ url, token, DPoP: handle })).toEqual(ACCEPTED)
    const downgraded = refused(
      'bearer',
      'invalid_token',
      'The access token is bound to a key and cannot be used as a Bearer token',
    )
    expect(await call({ url, token })).toEqual(downgraded)
    const fetchAsBearer: Fetch = (target, { method, headers }) =>
      fetch(target, { method, headers: { ...headers, authorization: `Bearer ${token}` } })
    expect(await call({ url, token, DPoP: handle, fetch: fetchAsBearer })).toEqual(downgraded)
  })

  test('are refused with the proof of another key, and accepted with that of their own', async () => {
    const url = await protect()
    const others = await generateKeyPair('ES256')
    expect(await call({ url, token, DPoP: DPoP(CLIENT, others) })).toEqual(
      refused(
        'dpop',
        'invalid_token',
        'The access token is bound to another key than that of the DPoP proof',
      ),
    )
    expect(await call({ url, token, DPoP: DPoP(CLIENT, keys) })).toEqual(ACCEPTED)
  })

  test('are refused with a proof for another token of the same client', async () => {
    const url = await protect()
    const another = await getToken(keys)
    const proof = await prove(url)
    expect(await call({ url, token: another, proof })).toEqual(
      refused('dpop', INVALID_PROOF, 'The DPoP proof is for another access token'),
    )
    expect(await call({ url, token, proof })).toEqual(ACCEPTED)
  })

  test('are refused with a proof for another API', async () => {
    const [url, elsewhere] = [await protect(), await protect()]
    const proof = await prove(elsewhere)
    expect(await call({ url, token, proof })).toEqual(
      refused('dpop', INVALID_PROOF, 'The DPoP proof is for another method or another URI'),
    )
    expect(await call({ url: elsewhere, token, proof })).toEqual(ACCEPTED)
  })

  describe('where proofs need a nonce of the API', () => {
    const NONCE_NEEDED = refused(
      'dpop',
      'use_dpop_nonce',
      'The DPoP proof needs the nonce that comes with this response',
    )

    test('are accepted when oauth4webapi calls once more, and from then on at once', async () => {
      const url = await protect({ nonceSecrets: [SECRET] })
      const handle = DPoP(CLIENT, keys)
      expect(await callPersistently({ url, token, DPoP: handle })).toEqual(ACCEPTED)
      expect(codes).toEqual(['ERR_PROOF_NONCE'])
      expect(await callPersistently({ url, token, DPoP: handle })).toEqual(ACCEPTED)
      expect(await call({ url, token, DPoP: handle })).toEqual(ACCEPTED)
      expect(codes).toEqual(['ERR_PROOF_NONCE'])
    })

    test('are accepted with the nonce in a proof of dpop, and refused with it changed', async () => {
      const url = await protect({ nonceSecrets: [SECRET] })
      const nonce = await getNonce(url)
      const changed = `${nonce.slice(0, -1)}${nonce.endsWith('A') ? 'B' : 'A'}`
      expect(await call({ url, token, proof: await prove(url, changed) })).toEqual(NONCE_NEEDED)
      const proof = await prove(url, nonce)
      expect(await call({ url, token, proof })).toEqual(ACCEPTED)
      expect(await call({ url, token, proof })).toEqual(REPLAYED)
    })

    test('are accepted by another process that knows the same secret, with the same nonce', async () => {
      const url = await protect({ nonceSecrets: [SECRET] })
      const twin = await protect({ nonceSecrets: [NEWER_SECRET, SECRET] })
      const stranger = await protect({ nonceSecrets: [NEWER_SECRET] })
      const nonce = await getNonce(url)
      const callWithNonce = async (url: string) => call({ url, token, proof: await prove(url, nonce) })
      expect(await callWithNonce(url)).toEqual(ACCEPTED)
      expect(await callWithNonce(twin)).toEqual(ACCEPTED)
      expect(await callWithNonce(stranger)).toEqual(NONCE_NEEDED)
    })

    /** Takes the nonce out of the answer to a request whose proof has none. */
    async function getNonce(url: string): Promise<string> {
      const nonces: (string | null)[] = []
      const fetchNoting: Fetch = async (target, { method, headers }) => {
        const response = await fetch(target, { method, headers })
        nonces.push(response.headers.get('dpop-nonce'))
        return response
      }
      expect(await call({ url, token, proof: await prove(url), fetch: fetchNoting })).toEqual(NONCE_NEEDED)
      expect(nonces).toEqual([expect.stringMatching(/^[\w-]+$/)])
      return String(nonces[0])
    }
  })
})
