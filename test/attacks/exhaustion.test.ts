import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { FRAMEWORKS } from '../support/frameworks.js'
import { sendRaw, withServer } from '../support/raw.js'
import { requestWith, requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers()
const MEGABYTE = 1_048_576
const NO_REQUESTS = { metadata: 0, jwks: 0, token: 0, introspection: 0, revocation: 0, other: 0 }

/** A token that is good but for its size: of about this many characters. */
async function mintOfLength(length: number): Promise<string> {
  const { mint } = servers().authorizationServer
  const short = await mint({ filler: '' })
  return mint({ filler: 'x'.repeat(Math.ceil(((length - short.length) * 3) / 4)) })
}

rule(
  'DOS-01',
  'asks nobody for a token that is too large: neither for its issuer, nor for its keys',
  async () => {
    const { authorizationServer } = servers()
    const asked: string[] = []
    const resourceServer = createResourceServer({
      audience: AUDIENCE,
      resolveAuthorizationServer(issuer) {
        asked.push(issuer)
        return { issuer }
      },
    })
    for (const size of [16_400, MEGABYTE]) {
      expect(await verdictOn(resourceServer, await mintOfLength(size))).toBe('ERR_TOKEN_TOO_LARGE')
    }
    expect([asked, authorizationServer.requests]).toEqual([[], NO_REQUESTS])
    expect(await verdictOn(resourceServer, await mintOfLength(16_000))).toBe('accepted')
    expect(asked).toEqual([authorizationServer.issuer])
  },
)

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  const createApi = () =>
    createApp(({ parseBody, requireToken, handler }) => [
      parseBody(),
      requireToken(servers().protect({ bearerMethods: ['body'] })),
      handler(),
    ])
  const type = ['Content-Type', 'application/x-www-form-urlencoded'] as const

  rule('DOS-01', 'refuses a token in a form that is too large, though the form is not', async () => {
    const api = createApi()
    const send = async (token: string) =>
      sendRaw(api.listener, { method: 'POST', fields: [type], body: `access_token=${token}` })
    const refused = await send(await mintOfLength(40_000))
    expect(refused.status).toBe(401)
    expect(refused.fieldValues('www-authenticate')[0]).toContain('larger than this resource server accepts')
    expect([api.handled(), servers().authorizationServer.requests]).toEqual([0, NO_REQUESTS])
    expect((await send(await mintOfLength(16_000))).status).toBe(200)
  })

  rule(
    'DOS-09',
    'waits for no body that nobody parsed: a client that sends it slowly is answered',
    async () => {
      const { listener, handled } = createApp(({ requireToken, handler }) => [
        requireToken(servers().protect({ bearerMethods: ['header', 'body'] })),
        handler(),
      ])
      const head = ['POST / HTTP/1.1', 'Host: api.example.com', type.join(': '), 'Content-Length: 1000']
      const answerTo = (fields: readonly string[]): Promise<string> =>
        withServer(listener, async (port) => {
          const socket = connect(port, '127.0.0.1')
          socket.write([...head, ...fields, '', 'access_token=a'].join('\r\n'))
          const [answer] = (await once(socket, 'data')) as [Buffer]
          socket.destroy()
          return String(answer).slice(0, 12)
        })
      expect(await answerTo([])).toBe('HTTP/1.1 401')
      expect(handled()).toBe(0)
      const token = await servers().authorizationServer.mint()
      expect(await answerTo([`Authorization: Bearer ${token}`])).toBe('HTTP/1.1 200')
    },
  )
})

ruleForEach(
  'DOS-02',
  {
    'of 4 MB, past the limit,': ['x'.repeat(3 * MEGABYTE), 'ERR_TOKEN_TOO_LARGE'],
    'of half a megabyte': ['x'.repeat(MEGABYTE / 2), 'accepted'],
    'with 30000 members': [
      Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`m${i}`, i])),
      'accepted',
    ],
    'with 100000 objects, one in another': [nest(100_000), 'ERR_TOKEN_MALFORMED'],
    'with 30 objects, one in another': [nest(30), 'accepted'],
    'with 100000 quotation marks': ['"'.repeat(100_000), 'accepted'],
    'with 100000 backslashes': ['\\'.repeat(100_000), 'accepted'],
    'with 500000 colons': [':'.repeat(500_000), 'accepted'],
  } as const,
  'reads a header %s in a time that grows with its size alone, where the limit is a megabyte',
  async ([extra, verdict]) => {
    const { authorizationServer, protect } = servers()
    const resourceServer = protect({ maxTokenSize: MEGABYTE })
    const token = await authorizationServer.mint({}, { header: toHeader(extra) })
    expect(await verdictOn(resourceServer, token)).toBe(verdict)
    const { mint } = authorizationServer
    expect(await verdictOn(resourceServer, await mint({}, { header: { extra: 'short' } }))).toBe('accepted')
  },
)

/** As JSON text, since what is nested that deep cannot be serialized. */
function toHeader(extra: string | object): string {
  const kid = servers().authorizationServer.keySet().keys[0]?.kid
  const content = typeof extra === 'string' && extra.startsWith('{') ? extra : JSON.stringify(extra)
  return `{"alg":"ES256","typ":"at+jwt","kid":${JSON.stringify(kid)},"extra":${content}}`
}

function nest(levels: number): string {
  return '{"a":'.repeat(levels) + '1' + '}'.repeat(levels)
}

const LONG = 1_000_000

ruleForEach(
  'DOS-04',
  {
    'the scheme and spaces': `Bearer${' '.repeat(LONG)}`,
    'spaces and a line feed': `Bearer${' '.repeat(LONG)}\n`,
    'spaces and a line separator': `Bearer${' '.repeat(LONG)}\u2028a`,
    'spaces alone': ' '.repeat(LONG),
    'a scheme without end': `${'a'.repeat(LONG)}"`,
    'equals signs': `Bearer ${'='.repeat(LONG)}a`,
    'letters and equals signs in turn': `Bearer ${'a='.repeat(LONG)}`,
    'a token without end': `Bearer ${'a'.repeat(LONG)}!`,
    commas: `Bearer ${','.repeat(LONG)}`,
    tabs: `Bearer ${'\t'.repeat(LONG)}a`,
  },
  'reads in linear time an Authorization field of a million characters: %s',
  async (value) => {
    const { authorizationServer, resourceServer } = servers()
    const verdict = await verdictOn(resourceServer, requestWith({ authorization: value }))
    expect(verdict).toBe('ERR_CREDENTIALS_MALFORMED')
    expect(authorizationServer.requests).toEqual(NO_REQUESTS)
    const good = requestWithToken(await authorizationServer.mint())
    expect(await verdictOn(resourceServer, good)).toBe('accepted')
  },
)
