// One process of an API, which shares notes and verdicts with others. Its settings are its first parameter, in JSON.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createResourceServer,
  fromNodeRequest,
  type DpopOptions,
  type IssuerOptions,
  type SingleIssuerOptions,
} from '@bearward/core'
import { createRedisStores, type RedisOptions } from '@bearward/redis'

/** What the process tells: first or later where it listens, and what goes wrong with Redis. */
export interface ApiMessage {
  readonly port?: number
  readonly problem?: string
}

/** What the process needs to know. */
export interface ApiSettings {
  readonly issuer: IssuerOptions
  readonly audience: string
  /** Default: it accepts no DPoP. */
  readonly dpop?: DpopOptions
  /** Whether it looks for unknown keys as if it were alone. Default: `false`. */
  readonly looksAlone?: boolean
  readonly redis: RedisOptions
}

const { issuer, audience, dpop, looksAlone = false, redis } = JSON.parse(process.argv[2] ?? '') as ApiSettings
const { replayStore, verdictStore, keySearchStore } = createRedisStores({
  ...redis,
  onError({ message }) {
    tell({ problem: message })
  },
})
const options: SingleIssuerOptions = {
  ...issuer,
  audience,
  verdictStore,
  ...(!looksAlone && { keySearchStore }),
}
const resourceServer = createResourceServer(dpop ? { ...options, dpop: { ...dpop, replayStore } } : options)

const server = createServer((message, response) => {
  resourceServer.authenticate(fromNodeRequest(message)).then(
    () => response.writeHead(200).end(),
    (error: unknown) => {
      const answer = resourceServer.answer(error)
      response.writeHead(answer?.status ?? 500).end()
    },
  )
})

process.on('message', (token: string) => {
  resourceServer.forget(token)
})

server.listen(0, '127.0.0.1')
await once(server, 'listening')
tell({ port: (server.address() as AddressInfo).port })

function tell(message: ApiMessage): void {
  process.send?.(message)
}
