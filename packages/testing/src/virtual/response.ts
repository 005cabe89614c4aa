import { createHash } from 'node:crypto'
import type { FetchResponse } from '@bearward/core'
import type { PlainResponse } from '../http/message.js'

/** Adds the entity tag of the content. */
export function addEtag(response: PlainResponse): PlainResponse {
  const { headers, body } = response
  if (typeof body !== 'string') return response
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`
  return { ...response, headers: { ...headers, ETag: etag } }
}

/**
 * Answers 304 to who has the content already.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 RFC 9110, section 13.1.2}
 */
export function skipKnown(response: PlainResponse, knownEtag: string | undefined): PlainResponse {
  const { headers } = response
  return headers?.['ETag'] !== undefined && headers['ETag'] === knownEtag
    ? { status: 304, headers }
    : response
}

/**
 * What `fetch` resolves with.
 *
 * @param added Fields in place of those of the same name.
 * @param signal Ends the content before it is complete.
 */
export function toFetchResponse(
  { status = 200, headers = {}, body = '' }: PlainResponse,
  added: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): FetchResponse {
  const fields = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    for (const line of [value].flat()) fields.append(name, line)
  }
  for (const [name, value] of Object.entries(added)) fields.set(name, value)
  return { status, headers: fields, body: toBytes(body, signal) }
}

async function* toBytes(
  body: NonNullable<PlainResponse['body']>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const pieces = typeof body === 'string' || body instanceof Uint8Array ? [body] : body
  for await (const piece of pieces) {
    signal?.throwIfAborted()
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
    if (bytes.length > 0) yield bytes
  }
}
