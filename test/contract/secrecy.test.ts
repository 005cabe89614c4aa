import { inspect } from 'node:util'
import { beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { AuthorizationServer } from '@bearward/testing'
import request from 'supertest'
import { FRAMEWORKS } from '../support/frameworks.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

/** Stands in every claim and header parameter that a token may name freely. */
const SECRET = 'zq7secret'
const CLAIMS = {
  sub: `${SECRET}-subject`,
  client_id: `${SECRET}-client`,
  jti: `${SECRET}-jti`,
  scope: `${SECRET}:scope`,
  email: `${SECRET}@example.com`,
}

type Mint = (authorizationServer: AuthorizationServer) => Promise<string>

const TOKENS: readonly (readonly [name: string, mint: Mint])[] = [
  ['expired', (as) => as.mint({ ...CLAIMS, exp: 1 })],
  ['for another audience', (as) => as.mint({ ...CLAIMS, aud: `https://${SECRET}.example.com` })],
  ['of another issuer', (as) => as.mint({ ...CLAIMS, iss: `https://${SECRET}.example.com` })],
  ['without a claim', (as) => as.mint({ ...CLAIMS, iat: undefined })],
  ['with a claim of the wrong type', (as) => as.mint({ ...CLAIMS, exp: SECRET })],
  ['with a bad signature', (as) => as.mint(CLAIMS, { signature: 'corrupt' })],
  ['of an unknown key', (as) => as.mint(CLAIMS, { kid: `${SECRET}-kid`, key: 'unpublished' })],
  ['of an unknown type', (as) => as.mint(CLAIMS, { header: { typ: SECRET } })],
  ['of an unknown algorithm', (as) => as.mint(CLAIMS, { header: { alg: SECRET } })],
  ['with a critical parameter', (as) => as.mint(CLAIMS, { header: { crit: [SECRET], [SECRET]: 1 } })],
  ['bound to a key', (as) => as.mint({ ...CLAIMS, cnf: { jkt: SECRET } })],
  ['that is not JSON', (as) => as.mint({}, { payload: `${SECRET} {` })],
  ['that is malformed', () => Promise.resolve(`${SECRET} ${SECRET}`)],
  ['that is opaque', () => Promise.resolve(SECRET)],
  ['without the scope', (as) => as.mint(CLAIMS)],
]

/** Collects all that goes to the console and to the output streams of the process. */
function collectOutput(): string[] {
  const output: string[] = []
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir'] as const) {
    jest.spyOn(console, method).mockImplementation((...values: unknown[]) => {
      output.push(inspect(values, { depth: Infinity }))
    })
  }
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((chunk) => {
      output.push(String(chunk))
      return true
    })
  }
  return output
}

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  describe.each(TOKENS)('of a token %s', (_token, mint) => {
    let token: string
    beforeEach(async () => {
      token = await mint(servers().authorizationServer)
    })

    test('nothing shows in a response, in an output or in an error', async () => {
      const output = collectOutput()
      const told: unknown[] = []
      const onRefusal = (refusal: unknown) => void told.push(refusal)
      const api = createApp(({ requireToken, requireScope, handler }) => [
        requireToken(servers().protect({ onRefusal })),
        requireScope('stats:read'),
        handler(),
      ])
      const response = await request(api.listener).get('/').set('Authorization', `Bearer ${token}`)
      expect([400, 401, 403]).toContain(response.status)
      expect(told).toHaveLength(1)
      expect(output).toEqual([])
      const shown = [
        JSON.stringify(response.headers),
        response.text,
        inspect(told, { depth: Infinity, showHidden: true }),
        JSON.stringify(told),
      ].join('\n')
      for (const part of [token, ...token.split(/[. ]/), SECRET]) expect(shown).not.toContain(part)
    })
  })

  test('nothing of a good token shows in the output, in an outage neither', async () => {
    const output = collectOutput()
    const told: unknown[] = []
    const api = createApp(({ requireToken, handler }) => [
      requireToken(servers().protect({ onRefusal: (refusal) => void told.push(refusal) })),
      handler(({ response }) => void response.end()),
    ])
    const token = await servers().authorizationServer.mint(CLAIMS)
    servers().authorizationServer.intercept(() => 'disconnect')
    const outage = await request(api.listener).get('/').auth(token, { type: 'bearer' })
    expect([outage.status, output, told.length]).toEqual([503, [], 1])
    const shown = inspect([outage.headers, outage.text, told], { depth: Infinity, showHidden: true })
    for (const part of [...token.split('.'), SECRET]) expect(shown).not.toContain(part)
  })
})
