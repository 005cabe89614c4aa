import { createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { startAuthorizationServer, type InterceptedResponse } from '@bearward/testing'
import { selfSign } from '../support/certificate.js'
import { createManualClock } from '../support/manual-clock.js'
import { createOwnKey } from '../support/jws.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers()
const JSON_TYPE = { 'Content-Type': 'application/json' }
const UNUSABLE = 'ERR_AUTHORIZATION_SERVER_RESPONSE'
const UNREACHABLE = 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'

/** The key set, as the authorization server would send it. */
const keySet = (): string => JSON.stringify(servers().authorizationServer.keySet())

/** The verdict of a new resource server on a good token, where the key set is answered with this. */
async function verdictWith(answer: InterceptedResponse): Promise<string> {
  const { authorizationServer, protect } = servers()
  authorizationServer.intercept(({ endpoint }) => (endpoint === 'jwks' ? answer : undefined))
  return verdictOn(protect(), await authorizationServer.mint())
}

const REDIRECTS: Readonly<Record<string, () => string>> = {
  'to another origin': () => 'https://evil.example/jwks',
  'to a private address': () => 'http://169.254.169.254/latest/meta-data',
  'to another path of the issuer': () => '/elsewhere',
  'to itself': () => servers().authorizationServer.jwksUri,
  'to a file': () => 'file:///etc/passwd',
  'to nowhere': () => '',
}

ruleForEach('JWKS-12', REDIRECTS, 'follows no redirect of the key set %s', async (toLocation) => {
  const { authorizationServer } = servers()
  for (const status of [301, 302, 303, 307, 308]) {
    authorizationServer.resetCounters()
    const answer = { status, headers: { ...JSON_TYPE, Location: toLocation() }, body: keySet() }
    expect(await verdictWith(answer)).toBe(UNUSABLE)
    expect(authorizationServer.requests).toMatchObject({ jwks: 1, other: 0 })
  }
  expect(await verdictWith(undefined)).toBe('accepted')
})

ruleForEach('JWKS-12', REDIRECTS, 'follows no redirect of the metadata %s', async (toLocation) => {
  const { authorizationServer, protect } = servers()
  const { issuer, jwksUri } = authorizationServer
  const body = JSON.stringify({ issuer, jwks_uri: jwksUri })
  for (const status of [301, 302, 303, 307, 308]) {
    const answer = { status, headers: { ...JSON_TYPE, Location: toLocation() }, body }
    const token = await authorizationServer.mint()
    authorizationServer.intercept(({ endpoint }) => (endpoint === 'metadata' ? answer : undefined))
    expect(await verdictOn(protect(), token)).toBe(UNUSABLE)
    // The other one is the second well-known URL.
    expect(authorizationServer.requests).toMatchObject({ metadata: 1, jwks: 0, other: 1 })
    authorizationServer.intercept(undefined)
    expect(await verdictOn(protect(), token)).toBe('accepted')
    authorizationServer.resetCounters()
  }
})

ruleForEach(
  'JWKS-15',
  {
    '201': 201,
    '203': 203,
    '204': 204,
    '206': 206,
    '304': 304,
    '401': 401,
    '403': 403,
    '404': 404,
    '429': 429,
    '503': 503,
  },
  'takes no keys from an answer with status %s',
  async (status) => {
    const hasBody = status !== 204 && status !== 304
    expect(await verdictWith({ status, headers: JSON_TYPE, ...(hasBody && { body: keySet() }) })).toBe(
      UNUSABLE,
    )
    expect(await verdictWith({ status: 200, headers: JSON_TYPE, body: keySet() })).toBe('accepted')
  },
)

rule('JWKS-15', 'takes no keys from an answer without a media type', async () => {
  expect(await verdictWith({ body: keySet() })).toBe(UNUSABLE)
  expect(await verdictWith({ headers: JSON_TYPE, body: keySet() })).toBe('accepted')
})

rule('JWKS-08', 'cannot tell where nobody answers at the address of the issuer', async () => {
  const clock = createManualClock()
  const gone = await startAuthorizationServer({ algorithms: ['ES256'] })
  const resourceServer = createResourceServer({ issuer: gone.issuer, audience: AUDIENCE, clock })
  const token = await gone.mint()
  await gone.close()
  expect(await verdictOn(resourceServer, token)).toBe(UNREACHABLE)
  const restarted = await startAuthorizationServer({
    algorithms: ['ES256'],
    port: Number(new URL(gone.issuer).port),
  })
  clock.advance(5)
  expect(await verdictOn(resourceServer, await restarted.mint())).toBe('accepted')
  await restarted.close()
})

rule('JWKS-21', 'cannot tell where the connection breaks inside the key set', async () => {
  async function* breakOff(): AsyncGenerator<string> {
    yield keySet().slice(0, 40)
    await Promise.reject(new Error('broken'))
  }
  expect(await verdictWith({ headers: JSON_TYPE, body: breakOff() })).toBe(UNREACHABLE)
  expect(await verdictWith({ headers: JSON_TYPE, body: keySet().slice(0, 40) })).toBe(UNUSABLE)
  expect(await verdictWith(undefined)).toBe('accepted')
})

rule('JWKS-23', 'takes no keys from an authorization server whose certificate nobody trusts', async () => {
  const tls = createOwnKey('P-256')
  const certificate = selfSign(createPublicKey(tls.privateKey), tls.privateKey).toString('base64')
  const cert = `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`
  const key = tls.privateKey.export({ format: 'pem', type: 'pkcs8' })
  let requests = 0
  const server = createServer({ cert, key }, (_request, response) => {
    requests += 1
    response.writeHead(200, JSON_TYPE).end(keySet())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const options = { issuer, audience: AUDIENCE, jwksUri: `${issuer}/jwks` }
  const token = await servers().authorizationServer.mint({ iss: issuer })
  expect(await verdictOn(createResourceServer(options), token)).toBe(UNREACHABLE)
  expect(requests).toBe(0)
  const scripted = () => Promise.resolve(Response.json(JSON.parse(keySet())))
  expect(await verdictOn(createResourceServer({ ...options, fetch: scripted }), token)).toBe('accepted')
  server.close()
})
