import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What this program is started with, as JSON. */
export interface EndpointSettings {
  readonly audience: string
  /** How long an answer takes, in milliseconds. */
  readonly delay: number
}

const { audience, delay } = JSON.parse(process.argv[2] ?? '') as EndpointSettings
let calls = 0

const server = createServer((request, response) => {
  if (request.url === '/calls') {
    response.end(String(calls))
    return
  }
  calls += 1
  request.resume().on('end', () => {
    if (delay === 0) answer(response)
    else setTimeout(answer, delay, response)
  })
}).listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
process.once('disconnect', () => process.exit())

function answer(response: ServerResponse): void {
  const exp = Math.floor(Date.now() / 1000) + 3_600
  const body = { active: true, aud: audience, sub: 'user', client_id: 'client', scope: 'stats:read', exp }
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
}
