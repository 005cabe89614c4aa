import type { Fetched, FetchJson, Validator } from '../../src/http/fetch-json.js'
import type { JsonObject } from '../../src/json.js'

/** What comes from a URL: a document, all that is known of it, or an error. */
export type Outcome = Error | Partial<Fetched<JsonObject>>

/** Answers from a table, in place of the network, and notes what it was asked for. */
export function createScriptedFetchJson(outcomes: Record<string, Outcome>) {
  const asked: [url: string, mediaTypes: readonly string[], validator: Validator | undefined][] = []
  const fetchJson: FetchJson = (url, mediaTypes, validator) => {
    asked.push([url, mediaTypes, validator])
    const outcome = outcomes[url] ?? new Error(`nothing is scripted for ${url}`)
    if (outcome instanceof Error) return Promise.reject(outcome)
    return Promise.resolve({ content: undefined, validator: undefined, lifetime: undefined, ...outcome })
  }
  return { fetchJson, outcomes, asked, urls: () => asked.map(([url]) => url) }
}
