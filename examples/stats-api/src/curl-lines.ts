import { STATUS_CODES } from 'node:http'
import { accepted, insufficient, refused, UNAUTHENTICATED, type Demand } from './demand.js'
import { OPAQUE_API, SCOPE, STAGING_API, STATS_API, type ClientRegistration } from './registrations.js'
import type { Stage } from './stage.js'

/** Something to try in a shell. */
export interface CurlLines {
  readonly title: string
  /** Each takes curl and Node.js, and the variables that earlier commands have set. */
  readonly commands: readonly string[]
  /** What each of them answers: the lines that matter. */
  readonly answer: readonly string[]
}

/** The lines for everything on a stage, in the order in which to try them. */
export function listCurlLines({ authorizationServer, apis, opaqueApis }: Stage): readonly CurlLines[] {
  const { tokenEndpoint, revocationEndpoint, clients } = authorizationServer
  const { reporter, importer, latecomer } = clients

  function setToken(
    variable: string,
    client: ClientRegistration,
    title: string,
    scope = SCOPE,
    resource = STATS_API,
  ): CurlLines {
    const parameters = `-d grant_type=client_credentials -d resource=${resource} -d scope='${scope}'`
    const readToken = `node -pe 'JSON.parse(fs.readFileSync(0)).access_token'`
    const command = `${variable}=$(curl -s ${toCredentials(client)} ${parameters} ${tokenEndpoint} | ${readToken})`
    return { title, commands: [command], answer: ['no output'] }
  }

  function callBoth(title: string, options: string, demand: Demand, both = apis): CurlLines {
    const commands = both.map(({ origin }) => `curl -si ${options}${origin}/stats`)
    return { title, commands, answer: toLines(demand) }
  }

  function revoke(variable: string, client: ClientRegistration, title: string): CurlLines {
    const command = `curl -s ${toCredentials(client)} -d token=$${variable} ${revocationEndpoint}`
    return { title, commands: [command], answer: ['no output'] }
  }

  const withToken = (token: string): string => `-H "Authorization: Bearer ${token}" `
  const altered = withToken('${TOKEN%??????}AAAAAA')
  return [
    setToken('TOKEN', reporter, 'Ask for a token with id and secret (Basic)'),
    callBoth('Read with it', withToken('$TOKEN'), accepted(200)),
    callBoth('Write with it', `-X POST ${withToken('$TOKEN')}`, accepted(201)),
    callBoth('Send no token', '', UNAUTHENTICATED),
    callBoth('Alter the signature', altered, refused('ERR_TOKEN_SIGNATURE')),
    setToken('NARROW', reporter, 'Ask for a token that can only read', 'stats:read'),
    callBoth('Write with it', `-X POST ${withToken('$NARROW')}`, insufficient('stats:write')),
    setToken('FOREIGN', reporter, 'Ask for a token for another API', SCOPE, STAGING_API),
    callBoth('Read with it', withToken('$FOREIGN'), refused('ERR_TOKEN_AUDIENCE')),
    setToken('EXPIRED', latecomer, 'Ask as a client whose tokens are dated back by a day'),
    callBoth('Read with it', withToken('$EXPIRED'), refused('ERR_TOKEN_EXPIRED')),
    setToken('POSTED', importer, 'Ask for a token with id and secret in the body'),
    callBoth('Read with it', withToken('$POSTED'), accepted(200)),
    setToken('OPAQUE', reporter, 'Ask for an opaque token', SCOPE, OPAQUE_API),
    callBoth('Read with it', withToken('$OPAQUE'), accepted(200), opaqueApis),
    callBoth('Delete with it', `-X DELETE ${withToken('$OPAQUE')}`, accepted(200), opaqueApis),
    revoke('OPAQUE', reporter, 'Revoke it'),
    callBoth(
      'Delete with it, where requireFresh({ maxAge: 0 }) has the API ask for each request',
      `-X DELETE ${withToken('$OPAQUE')}`,
      refused('ERR_TOKEN_INACTIVE'),
      opaqueApis,
    ),
  ]
}

function toCredentials({ clientId, clientSecret, authMethod }: ClientRegistration): string {
  return authMethod === 'client_secret_basic'
    ? `-u ${clientId}:${clientSecret}`
    : `-d client_id=${clientId} -d client_secret=${clientSecret}`
}

function toLines({ status, challenge }: Demand): readonly string[] {
  const parameters = Object.entries(challenge ?? {}).map(([name, value]) => `${name}="${value}"`)
  return [
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`,
    ...(challenge === undefined ? [] : [`WWW-Authenticate: Bearer ${parameters.join(', ')}`]),
  ]
}
