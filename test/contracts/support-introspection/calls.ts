import type { Fetch, FetchResponse, Seconds } from '@bearward/core'
import type { MachineClock } from '../support/clock.js'

/** What an introspection endpoint said: JSON that came complete, in time, and with 200. */
export type Said = Readonly<Record<string, unknown>>

/** A request to the introspection endpoint, and what really came of it. */
export interface Call {
  readonly token: string
  /** Its place in the order of all that happened. */
  readonly order: number
  /** On the monotonic clock. */
  readonly at: Seconds
  /** When the last byte, or the failure, came; `undefined` before. */
  endedAt: Seconds | undefined
  endOrder: number | undefined
  /** Whether the process slept before that. */
  wasSleptThrough: boolean
  /** `undefined` where nothing came that is an answer. */
  said: Said | undefined
}

/** Notes each request to the introspection endpoint that goes through a `fetch`. */
export function watchIntrospection(
  fetch: Fetch,
  clock: MachineClock,
  calls: Call[],
  nextOrder: () => number,
): Fetch {
  return async (url, init) => {
    if (init.method !== 'POST') return fetch(url, init)
    const { slept } = clock
    const call: Call = {
      token: new URLSearchParams(init.body).get('token') ?? '',
      order: nextOrder(),
      at: clock.monotonic(),
      endedAt: undefined,
      endOrder: undefined,
      wasSleptThrough: false,
      said: undefined,
    }
    calls.push(call)
    const end = (said?: Said) => {
      if (call.endedAt !== undefined) return
      const wasSleptThrough = clock.slept > slept
      Object.assign(call, { endedAt: clock.monotonic(), endOrder: nextOrder(), wasSleptThrough, said })
    }
    init.signal.addEventListener('abort', () => end()) // also where nobody reads the answer to its end
    try {
      const response = await fetch(url, init)
      return { ...response, body: watchBody(response, init.signal, end) }
    } catch (error) {
      end()
      throw error
    }
  }
}

async function* watchBody(
  { body, status, headers }: FetchResponse,
  signal: AbortSignal,
  end: (said?: Said) => void,
): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = []
  let said: Said | undefined
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk)
      yield chunk
    }
    const isJson = headers.get('content-type')?.startsWith('application/json') === true
    if (status === 200 && isJson && !signal.aborted) said = readObject(Buffer.concat(chunks))
  } finally {
    end(said)
  }
}

/** As large as is read of an answer, in bytes. */
const SIZE_LIMIT = 65_536

function readObject(text: Buffer): Said | undefined {
  try {
    const value: unknown = JSON.parse(String(text))
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && text.length <= SIZE_LIMIT ? (value as Said) : undefined
  } catch {
    return undefined
  }
}
