import { describe, expect, test } from '@jest/globals'
import { createResourceServer, type IssuerOptions } from '@bearward/core'
import { verdictOn } from '../support/request.js'
import { createScriptedFetch } from '../support/scripted-fetch.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const PATH = '/realms/a'
const PUBLIC = 'https://login.example.com'
const servers = useServers({ algorithms: ['ES256'], path: PATH })

/** Lets the authorization server call itself by these names. */
function callIt(issuer: string, jwksUri: string): void {
  const body = JSON.stringify({ issuer, jwks_uri: jwksUri })
  servers().authorizationServer.intercept(({ endpoint }) =>
    endpoint === 'metadata' ? { headers: { 'Content-Type': 'application/json' }, body } : undefined,
  )
}

/** The verdict on a token of the public issuer. */
async function verdictOfPublic(options: Partial<IssuerOptions>, iss = PUBLIC + PATH): Promise<string> {
  const resourceServer = createResourceServer({ issuer: PUBLIC + PATH, audience: AUDIENCE, ...options })
  return verdictOn(resourceServer, await servers().authorizationServer.mint({ iss }))
}

const internalOrigin = (): string => new URL(servers().authorizationServer.issuer).origin

describe('internalOrigin', () => {
  test('leads the requests for metadata and keys to the internal address', async () => {
    callIt(PUBLIC + PATH, `${PUBLIC}${PATH}/jwks`)
    expect(await verdictOfPublic({ internalOrigin: internalOrigin() })).toBe('accepted')
    expect(servers().authorizationServer.requests).toEqual({
      metadata: 1,
      jwks: 1,
      token: 0,
      introspection: 0,
      revocation: 0,
      other: 0,
    })
  })

  test('leads the request for keys there where their address is configured', async () => {
    const options = { internalOrigin: internalOrigin(), jwksUri: `${PUBLIC}${PATH}/jwks` }
    expect(await verdictOfPublic(options)).toBe('accepted')
    expect(servers().authorizationServer.requests).toEqual({
      metadata: 0,
      jwks: 1,
      token: 0,
      introspection: 0,
      revocation: 0,
      other: 0,
    })
  })

  test('changes nothing in what tokens must say', async () => {
    callIt(PUBLIC + PATH, `${PUBLIC}${PATH}/jwks`)
    const options = { internalOrigin: internalOrigin() }
    expect(await verdictOfPublic(options, servers().authorizationServer.issuer)).toBe('ERR_TOKEN_ISSUER')
    expect(await verdictOfPublic(options)).toBe('accepted')
  })

  test('changes nothing in what the metadata must say', async () => {
    const { issuer, jwksUri } = servers().authorizationServer
    callIt(issuer, jwksUri)
    expect(await verdictOfPublic({ internalOrigin: internalOrigin() })).toBe('ERR_METADATA_INVALID')
    expect(servers().authorizationServer.requests.jwks).toBe(0)
  })

  test('stands in for the origin of the issuer, and for no other', async () => {
    const { keySet } = servers().authorizationServer
    const jwksUri = 'https://keys.example.com/jwks'
    const { fetch, urls } = createScriptedFetch({
      [`https://keycloak:8443/.well-known/oauth-authorization-server${PATH}`]: {
        issuer: PUBLIC + PATH,
        jwks_uri: jwksUri,
      },
      [jwksUri]: keySet(),
    })
    expect(await verdictOfPublic({ internalOrigin: 'https://keycloak:8443', fetch })).toBe('accepted')
    expect(urls).toEqual([`https://keycloak:8443/.well-known/oauth-authorization-server${PATH}`, jwksUri])
  })

  test('keeps path and query as the metadata have them', async () => {
    const { keySet } = servers().authorizationServer
    const metadata = `https://keycloak:8443/.well-known/oauth-authorization-server${PATH}`
    const { fetch, urls } = createScriptedFetch({
      [metadata]: { issuer: PUBLIC + PATH, jwks_uri: `${PUBLIC}:443//keys?v=1&w=https://a.example/` },
      'https://keycloak:8443//keys?v=1&w=https://a.example/': keySet(),
    })
    expect(await verdictOfPublic({ internalOrigin: 'https://keycloak:8443/', fetch })).toBe('accepted')
    expect(urls).toHaveLength(2)
  })
})

describe('plain http', () => {
  const issuer = 'http://as.example.com'
  const script = () =>
    createScriptedFetch({
      'http://as.example.com/.well-known/oauth-authorization-server': { issuer, jwks_uri: `${issuer}/jwks` },
      'http://as.example.com/jwks': servers().authorizationServer.keySet(),
    })

  test('reaches another machine where the developer says so', async () => {
    const { fetch } = script()
    const options = { issuer, audience: AUDIENCE, dangerouslyAllowHttp: true, fetch }
    const token = await servers().authorizationServer.mint({ iss: issuer })
    expect(await verdictOn(createResourceServer(options), token)).toBe('accepted')
  })

  test('reaches this machine without a word', async () => {
    const { authorizationServer, resourceServer } = servers()
    expect(authorizationServer.issuer.startsWith('http://127.0.0.1:')).toBe(true)
    expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
  })

  test('reaches no other machine from an issuer on this one', async () => {
    const { authorizationServer, protect } = servers()
    callIt(authorizationServer.issuer, `${issuer}/jwks`)
    const token = await authorizationServer.mint()
    expect(await verdictOn(protect(), token)).toBe('ERR_METADATA_INVALID')
    const urls: string[] = []
    const resourceServer = protect({
      dangerouslyAllowHttp: true,
      async fetch(url, init) {
        urls.push(url)
        return url.startsWith(issuer) ? Response.json(authorizationServer.keySet()) : fetch(url, init)
      },
    })
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
    expect(urls).toEqual([authorizationServer.metadataUrl, `${issuer}/jwks`])
  })
})
