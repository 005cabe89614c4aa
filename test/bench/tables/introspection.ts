import { randomBytes } from 'node:crypto'
import { createResourceServer } from '@bearward/core'
import { AUDIENCE } from '../issuer.js'
import { toRequest } from '../peers/bearward.js'
import { startProgram } from '../program.js'
import type { EndpointSettings } from '../programs/introspection-endpoint.js'
import { timeSteps } from '../rounds.js'
import { toQuantile, toText } from '../statistics.js'
import type { MakeTables } from '../table.js'

const DELAYS = [0, 5, 50] as const
const TOKENS = 100
/** Requests at once. */
const LANES = 32

/** Opaque tokens, each many times, with an endpoint in another process. */
export const compareIntrospection: MakeTables = async ({ isQuick }) => {
  const count = isQuick ? 500 : 5_000
  const rows: (readonly string[])[] = []
  for (const delay of DELAYS) for (const maxAge of [0, 60]) rows.push(await run(delay, maxAge, count))
  return [
    {
      title: `Introspection: ${count.toLocaleString('en')} requests with ${String(TOKENS)} opaque tokens, ${String(LANES)} at once`,
      header: ['Endpoint takes', 'Cache', 'Calls', 'Calls saved', 'Requests/s', 'p50, ms', 'p99, ms'],
      rows,
    },
  ]
}

async function run(delay: number, maxAge: number, count: number): Promise<readonly string[]> {
  const settings: EndpointSettings = { audience: AUDIENCE, delay }
  const endpoint = await startProgram<{ readonly port: number }>('introspection-endpoint', settings)
  const origin = `http://127.0.0.1:${String(endpoint.greeting.port)}`
  const tokens = Array.from({ length: TOKENS }, () => randomBytes(24).toString('base64url'))
  const resourceServer = createResourceServer({
    issuer: origin,
    audience: AUDIENCE,
    accessTokens: 'opaque',
    introspection: { endpoint: `${origin}/introspect`, ...CREDENTIALS, cache: { maxAge } },
  })
  const latencies: number[] = []
  const { wall } = await timeSteps(count, LANES, async (index) => {
    const begin = performance.now()
    await resourceServer.authenticate(toRequest(`Bearer ${tokens[(index * 37) % TOKENS] ?? ''}`))
    latencies.push(performance.now() - begin)
  })
  const calls = Number(await (await fetch(`${origin}/calls`)).text())
  endpoint.end()
  return [
    `${String(delay)} ms`,
    maxAge === 0 ? 'off' : `${String(maxAge)} s`,
    calls.toLocaleString('en'),
    `${toText((1 - calls / count) * 100)} %`,
    toText(1e6 / wall),
    toText(toQuantile(latencies, 0.5)),
    toText(toQuantile(latencies, 0.99)),
  ]
}

const CREDENTIALS = { clientId: 'stats-api', clientSecret: 'not-a-secret-on-this-machine' }
