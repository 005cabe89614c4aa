import { gzipSync } from 'node:zlib'
import { expect } from '@jest/globals'
import { ConfigurationError, createResourceServer } from '@bearward/core'
import { createScriptedAuthorizationServer, createVirtualClock } from '@bearward/testing'
import { judge, requestWithToken, verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { AUDIENCE, useServers } from '../../support/servers.js'

const servers = useServers()
const JSON_TYPE = { 'Content-Type': 'application/json' }

ruleForEach(
  'jwks-impl-c',
  {
    'http to another host': 'http://as.example.com/jwks',
    'http to a private address': 'http://169.254.169.254/jwks',
    'a file': 'file:///etc/passwd',
    'a data URL': 'data:application/json,{"keys":[]}',
    ftp: 'ftp://127.0.0.1/jwks',
    'a relative URL': '/jwks',
    'user information': 'https://issuer@evil.example/jwks',
    'a fragment': 'https://as.example.com/jwks#keys',
    nothing: '',
  },
  'takes no jwksUri of the options that is %s',
  (jwksUri) => {
    const { protect } = servers()
    expect(() => protect({ jwksUri })).toThrow(ConfigurationError)
    expect(() => protect({ jwksUri })).toThrow(expect.objectContaining({ option: 'jwksUri' }))
    expect(() => protect({ jwksUri: 'https://as.example.com/jwks' })).not.toThrow()
  },
)

ruleForEach(
  ['jwks-impl-c', 'JWKS-24'],
  {
    'http to another host': 'http://as.example.com/jwks',
    'http to a private address': 'http://169.254.169.254/jwks',
    'http to a host that begins like loopback': 'http://127.0.0.1.evil.example/jwks',
    'http to a host that ends like loopback': 'http://evil.localhost/jwks',
    'a file': 'file:///etc/passwd',
    'a data URL': 'data:application/json,{"keys":[]}',
    'user information': 'http://user@127.0.0.1/jwks',
    'a relative URL': '/jwks',
  },
  'asks for no keys at a jwks_uri of the metadata that is %s',
  async (jwksUri) => {
    const { authorizationServer, protect } = servers()
    const requested: string[] = []
    const resourceServer = protect({
      fetch(url, init) {
        requested.push(url)
        return fetch(url, init)
      },
    })
    const token = await authorizationServer.mint()
    const body = JSON.stringify({ issuer: authorizationServer.issuer, jwks_uri: jwksUri })
    authorizationServer.intercept(({ endpoint }) =>
      endpoint === 'metadata' ? { headers: JSON_TYPE, body } : undefined,
    )
    const outcome = await judge(resourceServer, requestWithToken(token))
    expect(outcome).toMatchObject({
      verdict: 'unavailable',
      error: { status: 503, code: 'ERR_METADATA_INVALID' },
    })
    expect(requested[0]).toBe(authorizationServer.metadataUrl)
    expect(requested.every((url) => url.startsWith(`${authorizationServer.issuer}/.well-known/`))).toBe(true)
    authorizationServer.intercept(undefined)
    expect(await verdictOn(protect(), token)).toBe('accepted')
  },
)

ruleForEach(
  ['jwks-impl-c', 'JWKS-12'],
  { '301': 301, '302': 302, '303': 303, '307': 307, '308': 308 },
  'follows no redirect with status %s, for keys or for metadata',
  async (status) => {
    const { authorizationServer, protect } = servers()
    const token = await authorizationServer.mint()
    const answer = { headers: JSON_TYPE, body: JSON.stringify(authorizationServer.keySet()) }
    for (const redirected of ['jwks', 'metadata']) {
      authorizationServer.resetCounters()
      authorizationServer.intercept(({ endpoint, target }) => {
        if (endpoint === redirected) return { status, headers: { Location: '/elsewhere' } }
        return target === '/elsewhere' ? answer : undefined
      })
      expect(await verdictOn(protect(), token)).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
      // The other is the second place where metadata may stand.
      expect(authorizationServer.requests.other).toBe(redirected === 'metadata' ? 1 : 0)
    }
    authorizationServer.intercept(undefined)
    expect(await verdictOn(protect(), token)).toBe('accepted')
  },
)

rule('jwks-impl-c', 'follows no redirect to an address within the network', async () => {
  const { authorizationServer, protect } = servers()
  const requested: string[] = []
  const resourceServer = protect({
    fetch(url, init) {
      requested.push(url)
      expect(init.redirect).toBe('manual')
      return fetch(url, init)
    },
  })
  authorizationServer.intercept(({ endpoint }) =>
    endpoint === 'jwks'
      ? { status: 302, headers: { Location: 'http://169.254.169.254/latest/meta-data' } }
      : undefined,
  )
  const token = await authorizationServer.mint()
  expect(await verdictOn(resourceServer, token)).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
  const { metadataUrl, jwksUri } = authorizationServer
  expect(requested).toEqual([metadataUrl, jwksUri, metadataUrl]) // perhaps the key set has moved
  authorizationServer.intercept(undefined)
  expect(await verdictOn(protect(), token)).toBe('accepted')
})

/** A key set of exactly this many bytes, in which the keys of the authorization server can be used. */
function padKeySet(size: number): string {
  const keys = JSON.stringify(servers().authorizationServer.keySet())
  return keys + ' '.repeat(size - keys.length)
}

ruleForEach(
  ['jwks-impl-c', 'JWKS-13', 'JWKS-14'],
  {
    'as it is': (body: string) => ({ body }),
    compressed: (body: string) => ({ body: gzipSync(body), encoding: 'gzip' }),
  },
  'reads at most 64 KiB of a key set, sent %s',
  async (send) => {
    const { authorizationServer, protect } = servers()
    const token = await authorizationServer.mint()
    const verdictOnSize = async (size: number): Promise<string> => {
      const { body, encoding = 'identity' } = { encoding: undefined, ...send(padKeySet(size)) }
      const headers = { ...JSON_TYPE, ...(encoding !== 'identity' && { 'Content-Encoding': encoding }) }
      authorizationServer.intercept(({ endpoint }) => (endpoint === 'jwks' ? { headers, body } : undefined))
      return verdictOn(protect({ waitLimit: 60, fetchLimit: 60 }), token) // 50 MB take their time
    }
    expect(await verdictOnSize(65_536)).toBe('accepted')
    expect(await verdictOnSize(65_537)).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
    expect(await verdictOnSize(50_000_000)).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
  },
)

rule('jwks-impl-c', 'gives up an answer after 5 seconds, and takes one that came before', async () => {
  const clock = createVirtualClock()
  const authorizationServer = await createScriptedAuthorizationServer({ clock })
  const { issuer, mint } = authorizationServer
  const signals: AbortSignal[] = []
  const protect = () =>
    createResourceServer({
      issuer,
      audience: AUDIENCE,
      clock,
      fetch(url, init) {
        if (url === authorizationServer.jwksUri) signals.push(init.signal)
        return authorizationServer.fetch(url, init)
      },
    })
  authorizationServer.behave('jwks', { fault: 'hang' })
  const hanging = protect()
  const verdict = verdictOn(hanging, await mint())
  await clock.advance(4.9)
  expect(await verdict).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
  expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  await clock.advance(0.2)
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  hanging.close()

  authorizationServer.behave('jwks', { delay: 4.9 })
  const slow = protect()
  const late = verdictOn(slow, await mint())
  await clock.advance(5)
  expect(await late).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
  expect(await verdictOn(slow, await mint())).toBe('accepted')
  slow.close()
})

rule('jwks-impl-c', 'sends no cookies, credentials or anything of the request along', async () => {
  const { authorizationServer, resourceServer } = servers()
  const received: string[] = []
  authorizationServer.intercept(({ endpoint, method, headers }) => {
    received.push([method, ...Object.keys(headers).sort()].join(' '))
    if (endpoint !== 'metadata') return undefined
    const { issuer, jwksUri } = authorizationServer
    const body = JSON.stringify({ issuer, jwks_uri: jwksUri })
    return { headers: { ...JSON_TYPE, 'Set-Cookie': 'session=1; Path=/' }, body }
  })
  expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
  expect(received).toHaveLength(2)
  for (const line of received) {
    expect(line).toMatch(/^GET /)
    expect(line).not.toMatch(/cookie|authorization|referer|origin/)
  }
})
