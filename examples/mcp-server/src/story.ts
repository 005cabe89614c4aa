import type { Checks } from '@bearward/example-kit'
import type { McpClient } from './authorization-server.js'
import { connect } from './client.js'
import { OTHER_API, type Stage } from './stage.js'

/** A client that knows the URL alone, one that needs more than it has, and tokens that are for somebody else. */
export async function tellStory(stage: Stage, checks: Checks): Promise<void> {
  await tellOfMetadata(stage, checks)
  await tellOfAssistant(stage, checks)
  await tellOfReader(stage, checks)
  await tellOfOtherTokens(stage, checks)
}

async function tellOfMetadata({ url, authorizationServer }: Stage, { check }: Checks): Promise<void> {
  const refused = await call(url)
  check('the MCP server refuses a client without a token', refused.status, 401)
  check('names a scope to begin with', refused.challenge.scope, 'notes:read')
  const metadataUrl = new URL('/.well-known/oauth-protected-resource/mcp', url).href
  check('and says where to find out more', refused.challenge.resource_metadata, metadataUrl)
  const response = await fetch(metadataUrl)
  check(
    'there it names itself, the authorization server, and what its guards ask for',
    await response.json(),
    {
      resource: url,
      authorization_servers: [authorizationServer.issuer],
      scopes_supported: ['notes:read', 'notes:write'],
      bearer_methods_supported: ['header'],
      resource_name: 'Notes',
    },
  )
  check('pages of other origins may read it', response.headers.get('access-control-allow-origin'), '*')
}

async function tellOfAssistant({ url, authorizationServer, notes }: Stage, { check }: Checks): Promise<void> {
  const { issuer, assistant, tokenRequests } = authorizationServer
  const client = await connect(url, issuer, assistant)
  check('the official client connects, and lists the tools', await client.tools(), ['list_notes', 'add_note'])
  check('it lists the notes', await client.call('list_notes'), 'assistant: buy milk')
  check('it adds a note', await client.call('add_note', { text: 'call home' }), 'added')
  check('and the tool knew who called', notes.at(-1), 'assistant: call home')
  check('all that with one token', tokenRequests(), 1)
  await client.close()
}

async function tellOfReader(stage: Stage, checks: Checks): Promise<void> {
  const { url, authorizationServer, notes } = stage
  const { check } = checks
  const client = await connect(url, authorizationServer.issuer, authorizationServer.reader)
  check('a client that may only read does so', await client.call('list_notes'), notes.join('\n'))
  const before = notes.length
  const outcome = await client.call('add_note', { text: 'mine' }).catch(() => 'refused')
  check('but cannot add a note', [outcome, notes.length], ['refused', before])
  await client.close()
  const { issuer, reader } = authorizationServer
  const refused = await call(url, await getToken(issuer, reader, url), ADD_NOTE)
  check(
    'since it lacks a scope, which the challenge names',
    [refused.status, refused.challenge.scope],
    [403, 'notes:read notes:write'],
  )
  await tellOfBodies(stage, checks)
}

/** Bodies that could get past a guard which looks into messages. */
async function tellOfBodies({ url, authorizationServer, notes }: Stage, { check }: Checks): Promise<void> {
  const { issuer, reader } = authorizationServer
  const token = await getToken(issuer, reader, url)
  const before = notes.length
  const inList = await call(url, token, [LIST_TOOLS, ADD_NOTE])
  const unknown = await call(url, token, { ...ADD_NOTE, params: { name: 'drop_notes' } })
  check(
    'nor in a list of messages, nor with a tool that nobody knows',
    [inList.status, unknown.status],
    [403, 403],
  )
  const noMessage = await call(url, token, [null])
  const noJson = await call(url, token, ADD_NOTE, 'text/plain')
  check(
    'what is no message in JSON is refused',
    [noMessage.status, noJson.status, notes.length],
    [400, 400, before],
  )
}

async function tellOfOtherTokens({ url, authorizationServer }: Stage, { check }: Checks): Promise<void> {
  const { issuer, assistant } = authorizationServer
  const other = await call(url, await getToken(issuer, assistant, OTHER_API))
  check('a token for another API is refused', [other.status, other.challenge.error], [401, 'invalid_token'])
  const good = await getToken(issuer, assistant, url)
  check('one for this API is not', (await call(url, good)).status, 200)
  check('unless it is in the URL', (await call(`${url}?access_token=${good}`)).status, 401)
}

interface Answer {
  readonly status: number
  readonly challenge: Readonly<Partial<Record<'error' | 'resource_metadata' | 'scope', string>>>
}

const LIST_TOOLS = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
const ADD_NOTE = {
  ...LIST_TOOLS,
  method: 'tools/call',
  params: { name: 'add_note', arguments: { text: 'mine' } },
}

/** Asks the MCP server without the SDK. Default: for its tools. */
async function call(
  url: string,
  token?: string,
  body: unknown = LIST_TOOLS,
  contentType = 'application/json',
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': contentType,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  })
  await response.text()
  const challenge = response.headers.get('www-authenticate') ?? ''
  const parameters = [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value]) => [name, value])
  return { status: response.status, challenge: Object.fromEntries(parameters) as Answer['challenge'] }
}

async function getToken(issuer: string, client: McpClient, resource: string): Promise<string> {
  const { clientId, clientSecret, scope } = client
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource }),
  })
  const { access_token: token } = (await response.json()) as { access_token: string }
  return token
}
