import type { IncomingHttpHeaders } from 'node:http'

/** A request as received, its body read. */
export interface ReceivedRequest {
  readonly method: string
  /** Path and query as received. */
  readonly target: string
  /** Header fields by lower-case name. */
  readonly headers: IncomingHttpHeaders
  /** Content as UTF-8 text; empty where there is none. */
  readonly body: string
}

/** What to answer. */
export interface PlainResponse {
  /** Default: 200. */
  readonly status?: number
  /** Header fields; a list stands for several field lines. Default: none but those that HTTP needs. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Content; an iterable is sent piece by piece, so that it can be slow or endless. Default: empty. */
  readonly body?: string | Uint8Array | AsyncIterable<string | Uint8Array>
}

/** Answers with JSON. */
export function toJsonResponse(
  status: number,
  content: unknown,
  headers: Readonly<Record<string, string>> = {},
): PlainResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(content),
  }
}
