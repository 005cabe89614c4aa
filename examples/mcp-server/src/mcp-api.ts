import {
  createResourceServer,
  protectedResourceMetadata,
  requireScope,
  requireToken,
  type Auth,
} from '@bearward/express'
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import express, { type Express, type Request, type RequestHandler, type Response } from 'express'
import { createNotesServer } from './notes-server.js'

/** What the MCP server needs. */
export interface McpApiOptions {
  readonly issuer: string
  /** URL of the MCP endpoint: the resource identifier, and the audience of tokens. */
  readonly resource: string
  readonly notes: string[]
}

/** An MCP server over Streamable HTTP that takes access tokens for itself alone, and tells clients where to get them. */
export function createMcpApi({ issuer, resource, notes }: McpApiOptions): Express {
  const resourceServer = createResourceServer({
    issuer,
    audience: resource,
    resourceMetadata: { resource, resourceName: 'Notes' },
    challengeScopes: ['notes:read'], // what a client asks for to begin with
  })
  const app = express()
  app.use(protectedResourceMetadata(resourceServer))
  app.use('/mcp', requireToken(resourceServer), requireScope('notes:read'), express.json())
  app.post('/mcp', unlessReading(requireScope('notes:read', 'notes:write')), async (req, res) => {
    await answer(req, res, notes)
  })
  app.all('/mcp', (_req, res) => void res.set('Allow', 'POST').sendStatus(405)) // no sessions, no streams of our own
  return app
}

interface Message {
  readonly method?: unknown
  readonly params?: { readonly name?: unknown } | null
}

/** Tools that need no more than any message does. */
const READING_TOOLS: readonly unknown[] = ['list_notes']

/**
 * Puts a guard before all tools but those that only read: a client that lacks the scope learns which from the challenge. What
 * is not a message, or a list of messages, is answered with 400, so that nothing passes that the guard has not seen.
 */
function unlessReading(guard: RequestHandler): RequestHandler {
  return (req, res, next) => {
    const messages: readonly unknown[] = [req.body as unknown].flat()
    if (!messages.every(isMessage)) res.status(400).json(NO_MESSAGE)
    else if (messages.every(isReading)) next()
    else guard(req, res, next)
  }
}

const NO_MESSAGE = { jsonrpc: '2.0', error: { code: -32_600, message: 'Invalid Request' }, id: null }

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 'jsonrpc' in value
}

function isReading({ method, params }: Message): boolean {
  return method !== 'tools/call' || READING_TOOLS.includes(params?.name)
}

async function answer(req: Request, res: Response, notes: string[]): Promise<void> {
  const server = createNotesServer(notes)
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true }) // without sessions
  res.on('close', () => void server.close())
  await server.connect(transport)
  await transport.handleRequest(Object.assign(req, { auth: toAuthInfo(req.auth) }), res, req.body)
}

/** Who calls, as the SDK hands it to tools. */
function toAuthInfo({ token, clientId = '', scopes, expiresAt, subject }: Auth): AuthInfo {
  return {
    token,
    clientId,
    scopes: [...scopes],
    ...(expiresAt !== undefined && { expiresAt }),
    extra: { subject },
  }
}
