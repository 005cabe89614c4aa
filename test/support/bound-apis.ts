import { beforeEach, describe, expect } from '@jest/globals'
import type { CommonOptions, ResourceServer } from '@bearward/core'
import { createProof, createProofKey, type ProofChanges, type ProofKey } from '@bearward/testing'
import { ADAPTERS, type Api } from './apis.js'
import { ORIGIN } from './dpop.js'
import { sendRaw, type RawRequest, type RawResponse } from './raw.js'
import { readRefusal } from './refusal.js'
import { useServers, type Servers } from './servers.js'

type Fields = NonNullable<RawRequest['fields']>

/** A request that is made anew each time: a proof is good only once. */
export type MakeRequest = () => Promise<RawRequest>

/** An API that accepts DPoP tokens, behind one of the adapters, and a client that has a key. */
export interface BoundApi {
  readonly api: Api
  readonly servers: Servers
  readonly resourceServer: ResourceServer
  readonly key: ProofKey
  /** Codes of the refusals and outages, in order. */
  readonly codes: string[]
  /** Mints a token that is bound to the key. */
  mintBound(claims?: Readonly<Record<string, unknown>>): Promise<string>
  /** Makes a request for `/me` with a proof that differs from a good one in this. */
  withProof(token: string, changes?: ProofChanges & { readonly key?: ProofKey }): Promise<RawRequest>
  send(request: RawRequest): Promise<RawResponse>
  /**
   * Expects that an attack is refused, before its token is known and after, and that the same request without its defect is
   * accepted in between.
   */
  refuses(code: string, attack: MakeRequest, twin: MakeRequest): Promise<void>
}

/** How often a token comes until a verdict on it is kept. */
const UNTIL_KEPT = 3

/** Runs tests on every adapter. */
export function describeBoundApis(options: CommonOptions, run: (bound: () => BoundApi) => void): void {
  const servers = useServers()
  describe.each(ADAPTERS)('%s', (_name, createApi) => {
    let bound: BoundApi
    beforeEach(async () => {
      const codes: string[] = []
      const resourceServer = servers().protect({ ...options, onRefusal: ({ code }) => void codes.push(code) })
      const api = createApi(resourceServer)
      const key = await createProofKey()
      const send = (request: RawRequest) => sendRaw(api.listener, request)
      bound = {
        api,
        servers: servers(),
        resourceServer,
        key,
        codes,
        send,
        mintBound: (claims) =>
          servers().authorizationServer.mint({ cnf: { jkt: key.thumbprint }, ...claims }),
        withProof: async (token, { key: own = key, ...changes } = {}) => ({
          fields: fieldsOf(token, await createProof(own, { url: `${ORIGIN}/me`, token }, changes)),
        }),
        async refuses(code, attack, twin) {
          for (const accepted of [0, UNTIL_KEPT]) {
            for (let count = 0; count < accepted; count += 1) {
              expect((await send(await twin())).status).toBe(200)
            }
            const before = api.handled()
            expect(readRefusal(await send(await attack())).cacheControl).toBe('no-store')
            expect([codes.at(-1), api.handled(), api.errors]).toEqual([code, before, []])
          }
        },
      }
    })
    run(() => bound)
  })
}

/** Header fields of a request with a DPoP token. */
export function fieldsOf(token: string, ...proofs: readonly string[]): Fields {
  return [['Authorization', `DPoP ${token}`], ...proofs.map((proof) => ['DPoP', proof] as const)]
}
