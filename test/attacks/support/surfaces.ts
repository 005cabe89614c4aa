import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parse } from 'node:querystring'
import { allScopes, fromNodeRequest, type Answer, type ResourceServer } from '@bearward/core'
import { describeAuth } from '../../support/apis.js'
import { FRAMEWORKS } from '../../support/frameworks.js'
import type { AppFactory } from '../../support/kit.js'
import { sendRaw, type RawRequest, type RawResponse } from '../../support/raw.js'

/** What protects a resource: a resource server, and the scopes that the route requires. */
export interface Protection {
  readonly resourceServer: ResourceServer
  readonly requires: readonly string[]
  /** Whether forms are parsed before. */
  readonly parsesBody: boolean
  /** Whether a request without credentials may pass. */
  readonly optional: boolean
}

/** A protected resource, on one of the ways that requests come to Bearward. */
export interface Site {
  /** @throws where there is not exactly one response */
  send(request: RawRequest): Promise<RawResponse>
  /** How often the handler ran. */
  handled(): number
  /** What came out on the error path. */
  readonly errors: readonly unknown[]
}

/** One of the ways: the core, or an adapter on one major of its framework. */
export interface Surface {
  readonly name: string
  /** Puts a new resource in the place of the one before. */
  protect(protection: Protection): Site
  close(): void
}

/** In bytes: enough for a token that Bearward calls too large. */
const MAX_HEADER_SIZE = 1_048_576

/** The core, and Express 4, Express 5, Koa 2 and Koa 3, each behind a socket that listens until it is closed. */
export async function openSurfaces(): Promise<readonly Surface[]> {
  const core: Surface = { name: 'the core', protect: protectByCore, close: () => undefined }
  return [core, ...(await Promise.all(FRAMEWORKS.map(([name, createApp]) => listen(name, createApp))))]
}

async function listen(name: string, createApp: AppFactory): Promise<Surface> {
  let current: RequestListener = (_request, response) => response.destroy()
  const server = createServer({ maxHeaderSize: MAX_HEADER_SIZE }, (request, response) => {
    current(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    name,
    protect({ resourceServer, requires, parsesBody, optional }) {
      const api = createApp((kit) => [
        ...(parsesBody ? [kit.parseBody()] : []),
        kit.requireToken(resourceServer, { optional }),
        ...(requires.length > 0 ? [kit.requireScope(...requires)] : []),
        kit.handler(),
      ])
      current = api.listener
      return { handled: api.handled, errors: api.errors, send: (request) => sendOnce(port, request) }
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function sendOnce(port: number, request: RawRequest): Promise<RawResponse> {
  const fields = request.fields?.map(([name, value]) => [name, toWire(value)] as const)
  const response = await sendRaw(port, { ...request, ...(fields && { fields }) })
  if (response.text.match(/^HTTP\/1\.1 /gm)?.length === 1)
    return { ...response, body: Buffer.from(response.body, 'latin1').toString() }
  throw new Error('There is not exactly one response')
}

/** What a byte for each character cannot carry goes in UTF-8. */
function toWire(value: string): string {
  return /[^\0-\xFF]/.test(value) ? Buffer.from(value).toString('latin1') : value
}

function protectByCore({ resourceServer, requires, optional }: Protection): Site {
  let handled = 0
  return {
    errors: [],
    handled: () => handled,
    async send(request) {
      try {
        const auth = await resourceServer.authenticate(toRequest(request), { optional })
        if (requires.length > 0) resourceServer.authorize(auth, allScopes(...requires))
        handled += 1
        return toResponse({ status: 200, headers: {}, body: JSON.stringify(describeAuth(auth)) })
      } catch (error) {
        const answer = resourceServer.answer(error)
        if (answer === undefined) throw error
        return toResponse(answer)
      }
    },
  }
}

/** A request as `node:http` and a body parser would hand it over. */
export function toRequest({ method = 'GET', target = '/me', fields = [], body }: RawRequest) {
  const rawHeaders = fields.flatMap(([name, value]) => [name, trim(value)])
  return fromNodeRequest(
    { method, url: target, rawHeaders },
    { body: body === undefined ? undefined : parse(body) },
  )
}

/** Without the white space of HTTP around it, and in linear time. */
function trim(value: string): string {
  const isSpace = (index: number) => value[index] === ' ' || value[index] === '\t'
  let [start, end] = [0, value.length]
  while (isSpace(start)) start += 1
  while (end > start && isSpace(end - 1)) end -= 1
  return value.slice(start, end)
}

function toResponse({ status, headers, body }: Answer): RawResponse {
  const fields = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  return {
    status,
    fieldValues: (name) => fields.flatMap(([field, value]) => (field === name.toLowerCase() ? value : [])),
    body,
    text: body,
  }
}
