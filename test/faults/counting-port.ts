import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'

/** A port that leads to another one, and counts the requests that go through. */
export interface CountingPort {
  readonly origin: string
  close(): void
}

/**
 * Opens a port that hands bytes on, and the end of connections, so that a server behind it hangs or is gone as if
 * nothing stood between. Only a refused connection looks otherwise: it is reset a moment later.
 *
 * @param onRequest Told of each request line, whether somebody answers it or not.
 */
export async function openCountingPort(
  target: number,
  onRequest: (path: string) => void,
): Promise<CountingPort> {
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    client.on('data', (chunk) => {
      for (const { groups } of chunk.toString('latin1').matchAll(REQUEST_LINE))
        onRequest(groups?.['path'] ?? '')
    })
    client.pipe(upstream)
    upstream.pipe(client)
    client.on('error', () => upstream.destroy())
    client.on('close', () => upstream.destroy())
    upstream.on('error', () => client.resetAndDestroy())
    upstream.on('close', () => client.destroySoon())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${String(port)}`, close: () => void server.close() }
}

/** What is fetched has no body, so nothing else looks like this. */
const REQUEST_LINE = /^GET (?<path>\S+) HTTP\/1\.1\r\n/gm
