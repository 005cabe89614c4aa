import { afterAll, beforeAll } from '@jest/globals'
import {
  createProof,
  createProofKey,
  startAuthorizationServer,
  type AuthorizationServer,
} from '@bearward/testing'
import type { ApiSettings } from '../programs/api.js'
import { isTrueSoon } from '../../support/program.js'
import type { ApiProcess } from './processes.js'
import { REDIS_OPTIONS } from './stores.js'

const AUDIENCE = 'https://api.example.com'

/** A client that has a key, and a token that is bound to it. */
export interface Client {
  /** Fields of a request with a new proof. */
  prove(): Promise<Readonly<Record<string, string>>>
  /** Settings of processes that accept it. */
  settings(redis: Partial<ApiSettings['redis']>): ApiSettings
}

/** Waits until each process has its connection to Redis, and accepts proofs. */
export async function untilAccepted(processes: readonly ApiProcess[], { prove }: Client): Promise<void> {
  for (const process of processes) {
    if (!(await isTrueSoon(async () => (await process.get(await prove())) === 200))) {
      throw new Error('No proof is accepted')
    }
  }
}

/** Makes one for the tests of a file. */
export function useClient(): () => Client {
  let authorizationServer: AuthorizationServer
  let client: Client
  beforeAll(async () => {
    authorizationServer = await startAuthorizationServer({ audience: AUDIENCE })
    const key = await createProofKey()
    const token = await authorizationServer.mint({ cnf: { jkt: key.thumbprint } })
    client = {
      prove: async () => ({
        authorization: `DPoP ${token}`,
        dpop: await createProof(key, { url: `${AUDIENCE}/stats`, token }),
      }),
      settings: (redis) => ({
        issuer: { issuer: authorizationServer.issuer },
        audience: AUDIENCE,
        dpop: { origin: AUDIENCE },
        redis: { ...REDIS_OPTIONS, ...redis },
      }),
    }
  })
  afterAll(() => authorizationServer.close())
  return () => client
}
