import { Agent, request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

/** How requests of somebody who does nothing wrong were answered, while the API was under attack. */
export interface Service {
  readonly requests: number
  /** Answers other than 200, and requests without any. */
  readonly failures: number
  /** In milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly longest: number
}

const PER_SECOND = 100

/** Sends good requests, evenly spread, whether the ones before were answered or not. */
export async function useApi(port: number, tokens: readonly string[], seconds: number): Promise<Service> {
  const agent = new Agent({ keepAlive: true })
  const times: number[] = []
  let failures = 0
  const ask = async (index: number) => {
    const begin = performance.now()
    const status = await get(port, tokens[index % tokens.length] ?? '', agent)
    times.push(performance.now() - begin)
    if (status !== 200) failures += 1
  }
  const pending: Promise<void>[] = []
  const begin = performance.now()
  for (let index = 0; index < seconds * PER_SECOND; index += 1) {
    await wait(Math.max(0, begin + (index / PER_SECOND) * 1000 - performance.now()))
    pending.push(ask(index))
  }
  await Promise.all(pending)
  agent.destroy()
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? NaN
  return { requests: times.length, failures, p50: at(0.5), p99: at(0.99), longest: at(1) }
}

/** The status; 0 where there is no answer. */
function get(port: number, token: string, agent: Agent): Promise<number> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}` }
    const outgoing = request({ host: '127.0.0.1', port, path: '/stats', headers, agent, timeout: 30_000 })
    outgoing.on('response', (incoming) => {
      incoming.resume().on('end', () => {
        resolve(incoming.statusCode ?? 0)
      })
    })
    outgoing.on('timeout', () => outgoing.destroy())
    outgoing.on('error', () => {
      resolve(0)
    })
    outgoing.end()
  })
}
