import type { RequestListener } from 'node:http'
import { afterAll, beforeAll } from '@jest/globals'
import { listen } from '../../../examples/kit/src/listener.js'
import type { CertificateStage } from './certificates.js'
import { startNginx, type AcceptedCertificates } from './nginx.js'

/** An API with nginx in front of it. */
export interface ApiBehindNginx {
  /** The API itself. */
  readonly origin: string
  /** The API as clients are meant to call it. */
  readonly publicOrigin: string
  /** Has the API answer requests with this from now on. */
  serve(handle: RequestListener): void
}

/** Starts both for all tests of a block, and stops them after them. */
export function useNginx(
  stage: () => CertificateStage,
  accepted: AcceptedCertificates,
): () => ApiBehindNginx {
  let api: ApiBehindNginx | undefined
  const stops: (() => Promise<void>)[] = []
  beforeAll(async () => {
    const { origin, serve, stop } = await listen()
    stops.unshift(stop)
    const nginx = await startNginx(origin, stage().authority, accepted)
    stops.unshift(nginx.stop)
    api = { origin, publicOrigin: nginx.publicOrigin, serve }
  })
  afterAll(async () => {
    for (const stop of stops) await stop()
  })

  return () => {
    if (api === undefined) throw new Error('nginx does not run')
    return api
  }
}
