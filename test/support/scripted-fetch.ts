import type { Fetch } from '@bearward/core'

/** What a scripted `fetch` answers: a JSON value, or whatever the function makes. */
export type ScriptedAnswer = object | (() => Response | Promise<Response>)

/** A `fetch` that reaches no network. */
export interface ScriptedFetch {
  readonly fetch: Fetch
  /** The URLs that were asked for, in order. */
  readonly urls: readonly string[]
}

/** Answers from a table, by the exact URL, and 404 for every other one. */
export function createScriptedFetch(answers: Readonly<Record<string, ScriptedAnswer>> = {}): ScriptedFetch {
  const urls: string[] = []
  return {
    urls,
    async fetch(url) {
      urls.push(url)
      const answer = answers[url] ?? (() => new Response('', { status: 404 }))
      return typeof answer === 'function' ? (answer as () => Promise<Response>)() : Response.json(answer)
    },
  }
}
