import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { INTROSPECTION, toJson, useIntrospectingServers } from '../support/introspection.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

/** A client whose identifier and secret hold what Basic credentials could be broken with. */
const ODD = { clientId: 'a:b%41+ ü€/=&', clientSecret: ':%+ ü€/="\'&c' } as const
const PLAIN = { ...INTROSPECTION, scope: 'stats:read' }
const servers = useIntrospectingServers({
  algorithms: ['ES256'],
  clients: [PLAIN, { ...ODD, scope: 'stats:read' }],
})

ruleForEach(
  'INTRO-18',
  { 'in a header field': 'client_secret_basic', 'in the form': 'client_secret_post' } as const,
  'sends odd characters of its credentials %s so that they arrive',
  async (clientAuthentication) => {
    const { authorizationServer, introspect } = servers()
    const token = authorizationServer.mintOpaque()
    expect(await verdictOn(introspect({ ...ODD, clientAuthentication }), token)).toBe('accepted')
    const others = [
      { clientSecret: ODD.clientSecret.replace('+', ' ') },
      { clientSecret: ODD.clientSecret.replace(' ', '+') },
      { clientId: ODD.clientId.replace('%41', 'A') },
    ]
    for (const other of others) {
      const resourceServer = introspect({ ...ODD, clientAuthentication, ...other })
      expect(await verdictOn(resourceServer, token)).toBe('ERR_INTROSPECTION_REFUSED')
    }
  },
)

ruleForEach(
  'INTRO-18',
  {
    'a secret that goes on with a parameter': { clientId: 'client', clientSecret: 'secret&client_id=evil' },
    'an identifier that goes on with a secret': { clientId: 'client:secret', clientSecret: 'x' },
    'a secret with a line break': { clientId: 'client', clientSecret: 'secret\r\nX-Evil: 1' },
  },
  'sends as one value %s',
  async (credentials) => {
    const { introspect, answer, questions } = servers()
    answer(toJson({ active: true, aud: AUDIENCE }))
    for (const clientAuthentication of ['client_secret_basic', 'client_secret_post'] as const) {
      expect(await verdictOn(introspect({ ...credentials, clientAuthentication }), 'opaque')).toBe('accepted')
    }
    const [basic, post] = questions
    const userPass = Buffer.from(basic?.headers.authorization?.slice(6) ?? '', 'base64').toString()
    const sent = userPass.split(':').map((part) => new URLSearchParams(`v=${part}`).get('v'))
    const form = new URLSearchParams(post?.body)
    const expected = [credentials.clientId, credentials.clientSecret]
    expect(sent).toEqual(expected)
    expect([form.getAll('client_id'), form.getAll('client_secret')].flat()).toEqual(expected)
    expect(basic?.headers).not.toHaveProperty('x-evil')
  },
)

rule('INTRO-18', 'does not start with an identifier that raw Basic credentials cannot carry', () => {
  const { introspect } = servers()
  const raw = { basicEncoding: 'raw', clientSecret: 's:%+' } as const
  expect(() => introspect({ ...raw, clientId: 'a:b' })).toThrow('introspection.clientId')
  expect(() => introspect({ ...raw, clientId: 'ab' })).not.toThrow()
})

rule(
  'INTRO-25',
  'refuses the token with which it authenticates itself, and asks nobody about it',
  async () => {
    const { authorizationServer, protect, answer, questions } = servers()
    answer(toJson({ active: true, aud: AUDIENCE }))
    const introspection = { accessToken: () => 'own-token' }
    for (const accessTokens of ['mixed', 'opaque'] as const) {
      const resourceServer = protect({ introspection, accessTokens })
      answer(toJson({ active: true, aud: AUDIENCE }))
      expect(await verdictOn(resourceServer, 'own-token')).toBe('ERR_TOKEN_AUDIENCE')
      expect(await verdictOn(resourceServer, 'own-token')).toBe('ERR_TOKEN_AUDIENCE')
      expect(await verdictOn(resourceServer, 'own-token2')).toBe('accepted')
      expect(questions.map(({ body }) => new URLSearchParams(body).get('token'))).toEqual(['own-token2'])
    }
    expect(authorizationServer.requests.token).toBe(0)
  },
)

ruleForEach(
  'INTRO-25',
  {
    'that throws': () => {
      throw new Error('no token')
    },
    'that rejects': () => Promise.reject(new Error('no token')),
    'that gives nothing': () => undefined,
    'that gives an empty text': () => '',
    'that gives a token and a field': () => 'own\r\nX-Evil: 1',
    'that gives a scheme as well': () => 'Bearer own',
    'that gives an object': () => ({ accessToken: 'own' }),
  } satisfies Readonly<Record<string, () => unknown>>,
  'asks nobody, and blames no client, with a source of tokens %s',
  async (accessToken: () => unknown) => {
    const { protect, answer, questions } = servers()
    answer(toJson({ active: true, aud: AUDIENCE }))
    const broken = protect({ introspection: { accessToken: accessToken as () => string } })
    expect(await verdictOn(broken, 'opaque')).toBe('ERR_INTROSPECTION_CREDENTIALS')
    expect(questions).toEqual([])
    expect(await verdictOn(protect({ introspection: { accessToken: () => 'own' } }), 'opaque')).toBe(
      'accepted',
    )
  },
)

/** Answers each request on a connection with the next of these bodies, and more than it was asked for at once. */
async function withStagedAnswers<Result>(
  answers: readonly (readonly object[])[],
  use: (origin: string) => Promise<Result>,
): Promise<Result> {
  const sockets: Socket[] = []
  const left = [...answers]
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      if (!String(data).includes('token=')) return
      socket.write((left.shift() ?? [{ active: false }]).map(toMessage).join(''))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await use(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`)
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}

function toMessage(content: object): string {
  const body = JSON.stringify(content)
  const fields = [
    'HTTP/1.1 200 OK',
    'Content-Type: application/json',
    `Content-Length: ${String(body.length)}`,
  ]
  return `${fields.join('\r\n')}\r\n\r\n${body}`
}

rule(
  'INTRO-22',
  'takes no answer that came before the question, on a connection that is used again',
  async () => {
    const good = { active: true, aud: AUDIENCE }
    const inactive = { active: false }
    const verdicts = await withStagedAnswers([[inactive, good, good], [inactive], [good]], async (origin) => {
      const introspection = { ...INTROSPECTION, endpoint: `${origin}/introspect` }
      const resourceServer = createResourceServer({ issuer: origin, audience: AUDIENCE, introspection })
      const found = []
      for (const token of ['first', 'second', 'third']) found.push(await verdictOn(resourceServer, token))
      resourceServer.close()
      return found
    })
    expect(verdicts).toEqual(['ERR_TOKEN_INACTIVE', 'ERR_TOKEN_INACTIVE', 'accepted'])
  },
)

rule(
  '7662-2.3-a',
  'asks for another access token of its own, where the endpoint refuses the one it has',
  async () => {
    const { protect, answer } = servers()
    let good = 'first'
    answer(({ headers }) =>
      headers.authorization === `Bearer ${good}` ? toJson({ active: true, aud: AUDIENCE }) : { status: 401 },
    )
    const told: (string | undefined)[] = []
    const accessToken = (refused?: string) => {
      told.push(refused)
      return refused === 'first' ? 'second' : 'first'
    }
    const resourceServer = protect({ introspection: { accessToken } })
    expect(await verdictOn(resourceServer, 'opaque-1')).toBe('accepted')
    good = 'second'
    expect(await verdictOn(resourceServer, 'opaque-2')).toBe('ERR_INTROSPECTION_REFUSED')
    expect(await verdictOn(resourceServer, 'opaque-2')).toBe('accepted')
    expect(told).toEqual([undefined, undefined, 'first'])
  },
)
