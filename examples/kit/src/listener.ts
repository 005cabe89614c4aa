import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server on a free port of this machine, reached by nobody else. */
export interface Listener {
  readonly origin: string
  /** Answers requests from now on with this, instead of what was there before. */
  serve(handle: RequestListener): void
  /** Stops listening and drops every open connection. Harmless when it is stopped already. */
  stop(): Promise<void>
}

/** Starts an HTTP server on a free port of 127.0.0.1. Without `handle`, nothing is answered before `serve`. */
export async function listen(handle?: RequestListener): Promise<Listener> {
  const server = createServer(handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${String(port)}`,
    serve(handle) {
      server.removeAllListeners('request').on('request', handle)
    },
    async stop() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
