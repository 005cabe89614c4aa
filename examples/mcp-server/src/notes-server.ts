import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'

/**
 * The MCP server: it keeps notes. Who calls is in `extra.authInfo`, which the SDK hands on from the request; whether they may
 * has been decided before.
 *
 * @param notes Shared by all callers.
 */
export function createNotesServer(notes: string[]): McpServer {
  const server = new McpServer({ name: 'notes', version: '1.0.0' })
  server.registerTool('list_notes', { description: 'Lists all notes' }, () => say(notes.join('\n')))
  server.registerTool(
    'add_note',
    { description: 'Adds a note', inputSchema: { text: z.string() } },
    ({ text }, { authInfo }) => {
      notes.push(`${authInfo?.clientId ?? 'nobody'}: ${text}`)
      return say('added')
    },
  )
  return server
}

function say(text: string) {
  return { content: [{ type: 'text' as const, text }] }
}
