import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach } from '@jest/globals'

/** What stands between a client and Redis, and does to each connection what a test says. */
export interface Relay {
  readonly url: string
  /** How many connections there were. */
  count(): number
  /** How much Redis said, in bytes. */
  size(): number
  /** Takes what clients send, from now on. */
  intercept(interceptor: Interceptor): void
  /** Says nothing more on the connections that are there, in either direction. They stay open; new ones work. */
  silence(): void
}

/**
 * Is given what a client sends, and where to answer.
 *
 * @returns Whether it is done with: Redis does not get it then.
 */
export type Interceptor = (text: string, client: Socket) => boolean

/** Starts relays that end with a test. */
export function useRelays(): (port: number) => Promise<Relay> {
  const servers: Server[] = []
  const sockets = new Set<Socket>()
  afterEach(() => {
    for (const socket of sockets) socket.destroy()
    for (const server of servers.splice(0)) server.close()
  })
  return async (port) => {
    let interceptor: Interceptor = () => false
    let connections = 0
    let size = 0
    const silent = new Set<Socket>()
    const server = createServer((client) => {
      connections += 1
      const redis = connect(port, '127.0.0.1')
      for (const [from, to] of [
        [client, redis],
        [redis, client],
      ] as const) {
        sockets.add(from.on('error', () => to.destroy()).on('close', () => to.destroy()))
        from.on('data', (bytes) => {
          if (silent.has(client)) return
          if (from === redis) size += bytes.length
          if (from === redis || !interceptor(bytes.toString('latin1'), client)) to.write(bytes)
        })
      }
    }).listen(0, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
    return {
      url: `redis://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
      count: () => connections,
      size: () => size,
      intercept(next) {
        interceptor = next
      },
      silence() {
        for (const socket of sockets) silent.add(socket)
      },
    }
  }
}
