import { ClientCredentialsProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { McpClient } from './authorization-server.js'

/** What this story asks an MCP server. */
export interface NotesClient {
  /** Names of the tools that the server has. */
  tools(): Promise<readonly string[]>
  /** Calls a tool. Resolves with its text, or rejects where the server refuses. */
  call(name: string, parameters?: Readonly<Record<string, unknown>>): Promise<string>
  close(): Promise<void>
}

/**
 * The official client. It knows the URL of the MCP server, its own id and secret, and whom it may tell them: the rest it
 * finds out from challenges and metadata.
 */
export async function connect(
  url: string,
  issuer: string,
  { clientId, clientSecret, scope }: McpClient,
): Promise<NotesClient> {
  const client = new Client({ name: clientId, version: '1.0.0' })
  // One for users takes scopes from challenges and metadata; this one has to be told.
  const authProvider = new ClientCredentialsProvider({
    clientId,
    clientSecret,
    scope,
    expectedIssuer: issuer,
  })
  const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider })
  await client.connect(transport)
  return {
    async tools() {
      const { tools } = await client.listTools()
      return tools.map(({ name }) => name)
    },
    async call(name, parameters = {}) {
      const { content } = await client.callTool({ name, arguments: parameters })
      const [first] = content as readonly { readonly text?: string }[]
      return first?.text ?? ''
    },
    close: () => client.close(),
  }
}
