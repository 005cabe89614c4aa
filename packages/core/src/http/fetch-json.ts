import { parseJsonObject, type JsonObject } from '../json.js'
import type { Clock, Seconds } from '../time.js'
import { checkResponse, unusable, type Exchange } from './exchange.js'
import { readEtag, readLifetime } from './freshness.js'

/** What a copy can be asked for again with, at no cost where nothing changed. */
export interface Validator {
  readonly url: string
  readonly etag: string
}

/** What a request brought. */
export interface Fetched<T> {
  /** `undefined`: the copy that the validator belongs to still holds (RFC 9110, section 15.4.5). */
  readonly content: T | undefined
  readonly validator: Validator | undefined
  /** As the server says; `undefined` where it does not. */
  readonly lifetime: Seconds | undefined
}

/**
 * Gets a JSON object from an authorization server.
 *
 * @param validator Of the copy in hand, whatever its URL.
 *
 * @throws {@link UnavailableError} `ERR_AUTHORIZATION_SERVER_UNREACHABLE` where no answer came in time,
 *   `ERR_AUTHORIZATION_SERVER_RESPONSE` where the answer cannot be used
 */
export type FetchJson = (
  url: string,
  mediaTypes: readonly string[],
  validator?: Validator,
) => Promise<Fetched<JsonObject>>

/** Makes the function that gets documents. */
export function createFetchJson(exchange: Exchange, clock: Clock): FetchJson {
  return (url, mediaTypes, validator) => {
    const etag = validator?.url === url ? validator.etag : undefined
    const headers = { accept: mediaTypes.join(', '), ...(etag !== undefined && { 'if-none-match': etag }) }
    return exchange(url, { method: 'GET', headers }, async (incoming) => {
      const { response, name, readBody } = incoming
      const isUnchanged = response.status === 304 && etag !== undefined
      if (!isUnchanged) checkResponse(incoming, mediaTypes, clock.now())
      const newEtag = readEtag(response.headers) ?? (isUnchanged ? etag : undefined)
      return {
        content: isUnchanged ? undefined : parseBody(await readBody(), name),
        validator: newEtag === undefined ? undefined : { url, etag: newEtag },
        lifetime: readLifetime(response.headers),
      }
    })
  }
}

/** @throws {@link UnavailableError} `ERR_AUTHORIZATION_SERVER_RESPONSE` unless it is JSON that has one reading */
export function parseBody(bytes: Uint8Array, url: string): JsonObject {
  const document = parseJsonObject(bytes)
  if (document === undefined) throw unusable(url, 'is not one unambiguous JSON object')
  return document
}
