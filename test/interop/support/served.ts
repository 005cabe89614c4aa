import type { RequestListener } from 'node:http'
import { afterEach } from '@jest/globals'
import { listen } from '../../../examples/kit/src/listener.js'

/** Serves an API that knows its own origin. Returns the origin. */
export type Serve = (createApi: (origin: string) => RequestListener) => Promise<string>

/** Serves APIs on free ports of this machine, each until its test ends. */
export function useListeners(): Serve {
  const stops: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop()
  })
  return async (createApi) => {
    const { origin, serve, stop } = await listen()
    stops.push(stop)
    serve(createApi(origin))
    return origin
  }
}
