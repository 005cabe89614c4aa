import type { Fetch } from '@bearward/core'
import { createWorld, type World } from '../support/world.js'

/** An answer for the key set, of any kind. */
export interface Answer {
  /** Default: 200. */
  readonly status?: number
  /** Default: `application/json`. */
  readonly type?: string
  readonly body: string
}

/** A world whose key set is what a test says; its `calls` are not noted. */
export interface AnsweringWorld extends World {
  /** The answer for the key set from now on; `undefined`: that of the server. */
  answer(answer: Answer | undefined): void
}

/** Makes one, in which all is well. */
export async function createAnsweringWorld(): Promise<AnsweringWorld> {
  let given: Answer | undefined
  const fetch: Fetch = (url, init) => {
    if (given === undefined || url.includes('/.well-known/')) return world.server.fetch(url, init)
    const { status = 200, type = 'application/json', body } = given
    return Promise.resolve({ status, headers: new Headers({ 'content-type': type }), body: toStream(body) })
  }
  const world = await createWorld({ resourceServer: { fetch } })
  return {
    ...world,
    answer(answer) {
      given = answer
    },
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- there is nothing to wait for
async function* toStream(body: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(body)
}
