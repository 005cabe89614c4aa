import { readFile } from 'node:fs/promises'
import autocannon from 'autocannon'

/** What this program is started with, as JSON. */
export interface LoadSettings {
  readonly url: string
  /** With a token on each line. */
  readonly file: string
  readonly firstLine: number
  /** How many tokens to send, in turn. */
  readonly tokens: number
  readonly requests: number
  readonly connections: number
}

/** What it says at the end. Latencies in milliseconds. */
export interface Load {
  readonly requestsPerSecond: number
  readonly p50: number
  readonly p99: number
}

const settings = JSON.parse(process.argv[2] ?? '') as LoadSettings
const { url, firstLine, connections, requests: amount } = settings
const lines = (await readFile(settings.file, 'latin1')).split('\n')
const requests = lines.slice(firstLine, firstLine + settings.tokens).map(toRequest)
let next = 0
const begin = performance.now()
let lastAt = begin

const instance = autocannon({ url, connections, amount, setupClient }, (error: unknown, result) => {
  if (error) throw error as Error
  if (result.non2xx + result.errors > 0) throw new Error(`${String(result.non2xx + result.errors)} failed`)
  const seconds = (lastAt - begin) / 1000
  const { p50, p99 } = result.latency
  process.send?.({ requestsPerSecond: amount / seconds, p50, p99 } satisfies Load)
})
// `finish` is that of its clock, which ticks once a second.
instance.on('response', () => {
  lastAt = performance.now()
})
instance.on('error', (error: unknown) => {
  throw error as Error
})

/** Each connection has a share of the tokens, so that no token is sent twice where there are as many as requests. */
function setupClient(client: autocannon.Client): void {
  const share = Math.ceil(requests.length / connections)
  const mine = requests.slice(next, next + share)
  next = (next + share) % requests.length
  client.setRequests(mine.length === 0 ? requests.slice(0, 1) : mine)
}

function toRequest(token: string): autocannon.Request {
  return { method: 'GET', path: '/stats', headers: { authorization: `Bearer ${token}` } }
}
