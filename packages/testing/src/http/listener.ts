import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { PlainResponse, ReceivedRequest } from './message.js'

/** Answers a request, or cuts its connection. */
type Responder = (request: ReceivedRequest) => Promise<PlainResponse | 'disconnect'>

/** A server on the loopback address. */
export interface Listener {
  /** `http://127.0.0.1:` and the port. */
  readonly origin: string
  /** Sets what answers. */
  serve(responder: Responder): void
  /** Frees the port and drops every open connection. */
  close(): Promise<void>
}

/** Largest request that is read: 64 KiB. */
const MAX_REQUEST_SIZE = 65_536

/**
 * Listens on 127.0.0.1.
 *
 * @param port Port number; 0 lets the system choose.
 */
export async function listen(port: number): Promise<Listener> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as AddressInfo

  return {
    origin: `http://127.0.0.1:${address.port}`,
    serve(responder) {
      server.on('request', (message, response) => void answer(message, response, responder))
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

/** Never rejects: what goes wrong here must fail the caller's request, not the process that runs the tests. */
async function answer(message: IncomingMessage, response: ServerResponse, respond: Responder): Promise<void> {
  try {
    const body = await readBody(message)
    if (body === undefined) {
      await send(response, { status: 413, headers: { Connection: 'close' } })
      return
    }
    const { method = '', url: target = '', headers } = message
    const result = await respond({ method, target, headers, body })
    if (result === 'disconnect') response.destroy()
    else await send(response, result)
  } catch (error) {
    if (response.headersSent) response.destroy()
    else response.writeHead(500, { 'Content-Type': 'text/plain' }).end(String(error))
  }
}

async function readBody(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  // Without destroyOnReturn the connection would be gone before the refusal is sent.
  const content: AsyncIterable<Buffer> = message.iterator({ destroyOnReturn: false })
  for await (const chunk of content) {
    size += chunk.length
    if (size > MAX_REQUEST_SIZE) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

async function send(
  response: ServerResponse,
  { status = 200, headers = {}, body = '' }: PlainResponse,
): Promise<void> {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, value)
  }
  if (typeof body === 'string' || body instanceof Uint8Array) response.end(body)
  else await pipeline(Readable.from(body), response)
}
