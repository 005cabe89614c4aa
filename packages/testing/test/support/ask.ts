import type { FetchInit, FetchResponse } from '@bearward/core'
import type { ScriptedAuthorizationServer } from '@bearward/testing'

/** Asks as a resource server does. */
export function ask(
  { fetch }: ScriptedAuthorizationServer,
  url: string,
  init: Partial<FetchInit> = {},
): Promise<FetchResponse> {
  const { signal } = new AbortController()
  return fetch(url, { method: 'GET', headers: {}, redirect: 'manual', signal, ...init })
}

/** The pieces of a body. */
export async function readPieces({ body }: FetchResponse): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of body as AsyncIterable<Uint8Array>) pieces.push(piece)
  return pieces
}

/** A body as text. */
export async function readText(response: FetchResponse): Promise<string> {
  return Buffer.concat(await readPieces(response)).toString()
}
