import { listen } from '@bearward/example-kit'
import { startAuthorizationServer, type AuthorizationServer } from './authorization-server.js'
import { createMcpApi } from './mcp-api.js'

/** Another API of the same authorization server. */
export const OTHER_API = 'https://other.example.com/mcp'

/** All that runs in this example. */
export interface Stage {
  readonly authorizationServer: AuthorizationServer
  /** URL of the MCP endpoint: all that a client is told. */
  readonly url: string
  readonly notes: readonly string[]
  close(): Promise<void>
}

/** Starts the authorization server and the MCP server. */
export async function openStage(): Promise<Stage> {
  const mcp = await listen()
  const url = `${mcp.origin}/mcp`
  const authorizationServer = await startAuthorizationServer([url, OTHER_API])
  const notes = ['assistant: buy milk']
  mcp.serve(createMcpApi({ issuer: authorizationServer.issuer, resource: url, notes }))
  return {
    authorizationServer,
    url,
    notes,
    async close() {
      await Promise.all([mcp.stop(), authorizationServer.stop()])
    },
  }
}
