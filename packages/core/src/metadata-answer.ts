import { createHash } from 'node:crypto'
import type { Answer } from './answer.js'
import type { ProtectedResourceConfig } from './config/protected-resource.js'
import type { ResponseHeaders } from './errors.js'
import {
  protectedResourceDocument,
  protectedResourceUrl,
  type DeclaredDemands,
} from './metadata/protected-resource.js'
import type { ProtectedResourceRequest } from './request.js'

/** For pages of any origin: it is public, and asked for without credentials (MCP clients send a header of their own). */
const CORS = { 'Access-Control-Allow-Origin': '*' }
const METHODS = 'GET, HEAD, OPTIONS'
const PREFLIGHT = {
  ...CORS,
  'Access-Control-Allow-Methods': METHODS,
  'Access-Control-Allow-Headers': '*',
  'Access-Control-Max-Age': '3600',
}

/**
 * Answers a request for the protected resource metadata.
 *
 * @param config `undefined`: there is none.
 * @param declared What guards ask for: said where the developer did not.
 *
 * @returns `undefined` for every other request
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-3 RFC 9728, section 3}
 */
export function answerMetadata(
  request: ProtectedResourceRequest,
  config: ProtectedResourceConfig | undefined,
  declared: DeclaredDemands = { scopes: [], authorizationDetailsTypes: [] },
): Answer | undefined {
  if (config === undefined || !targetsOf(config).includes(request.target)) return undefined
  const { method } = request
  if (method === 'OPTIONS') return { status: 200, headers: PREFLIGHT, body: '' }
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, headers: { ...CORS, Allow: METHODS }, body: '' }
  const body = JSON.stringify(protectedResourceDocument(config, declared))
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  const headers: ResponseHeaders = { ...CORS, 'Cache-Control': 'public, max-age=3600', ETag: etag }
  // RFC 9110, section 13.1.2
  if (request.fieldValues('if-none-match').some((tags) => tags.includes(etag) || tags.trim() === '*'))
    return { status: 304, headers, body: '' }
  return { status: 200, headers: { ...headers, 'Content-Type': 'application/json' }, body }
}

function targetsOf({ resource, isAtRoot }: ProtectedResourceConfig): readonly string[] {
  const { origin } = new URL(resource)
  const urls = isAtRoot ? [resource, origin] : [resource]
  return urls.map((url) => protectedResourceUrl(url).slice(origin.length))
}
