import { expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { metadataRequest, readMetadata } from '../../support/metadata.js'
import { rule, ruleForEach } from '../../support/rule.js'

const API = { issuer: 'https://as.example.com', audience: 'https://h' }
const WELL_KNOWN = '/.well-known/oauth-protected-resource'

const serve = (resource: string, atRoot = false) =>
  createResourceServer({ ...API, resourceMetadata: { resource, atRoot } })
const statusAt = (resourceServer: ReturnType<typeof serve>, target: string, method = 'GET') =>
  resourceServer.answerMetadata(metadataRequest(target, method))?.status

ruleForEach(
  '9728-3-a',
  {
    'a host alone': ['https://resource.example.com', `https://resource.example.com${WELL_KNOWN}`],
    'a path': [
      'https://resource.example.com/resource1',
      `https://resource.example.com${WELL_KNOWN}/resource1`,
    ],
    'a longer path': ['https://h/api/v1', `https://h${WELL_KNOWN}/api/v1`],
    'a path that ends with a slash': ['https://h/api/', `https://h${WELL_KNOWN}/api/`],
    'a port': ['https://h:8443/api', `https://h:8443${WELL_KNOWN}/api`],
  } as const,
  'is between host and path of a resource with %s',
  ([resource, url]) => {
    const resourceServer = serve(resource)
    expect(resourceServer.resourceMetadataUrl).toBe(url)
    expect(readMetadata(resourceServer).document['resource']).toBe(resource)
  },
)

rule('9728-3-a', 'is nowhere else', () => {
  const resourceServer = serve('https://h/api/v1')
  expect(statusAt(resourceServer, `${WELL_KNOWN}/api/v1`)).toBe(200)
  for (const target of [
    `/api/v1${WELL_KNOWN}`,
    WELL_KNOWN,
    `${WELL_KNOWN}/`,
    `${WELL_KNOWN}/api`,
    `${WELL_KNOWN}/api/v1/`,
    `${WELL_KNOWN}/api/v1/x`,
    `${WELL_KNOWN}/api/V1`,
    `${WELL_KNOWN}/api/v1?x=1`,
    `/x/..${WELL_KNOWN}/api/v1`,
    '/api/v1',
    '/',
    '*',
    '',
  ]) {
    expect(statusAt(resourceServer, target)).toBeUndefined()
  }
})

rule('9728-3.1-a', 'has no slash of the host in it', () => {
  expect(serve('https://h/').resourceMetadataUrl).toBe(`https://h${WELL_KNOWN}`)
  expect(serve('https://h/?x=1').resourceMetadataUrl).toBe(`https://h${WELL_KNOWN}?x=1`)
  expect(readMetadata(serve('https://h/')).document['resource']).toBe('https://h/')
})

rule('9728-3.1-b', 'keeps the query of the resource', () => {
  const resourceServer = serve('https://h/r?x=1')
  expect(resourceServer.resourceMetadataUrl).toBe(`https://h${WELL_KNOWN}/r?x=1`)
  expect(statusAt(resourceServer, `${WELL_KNOWN}/r?x=1`)).toBe(200)
  for (const query of ['', '?x=2', '?x=1&y=2'])
    expect(statusAt(resourceServer, `${WELL_KNOWN}/r${query}`)).toBeUndefined()
})

rule(
  ['9728-3.3-a', '9728-3.3-b'],
  'holds the identifier that its URL was made of, as clients demand that come by a challenge',
  () => {
    for (const resource of ['https://h', 'https://h/', 'https://h/mcp', 'https://h/a?b=c']) {
      const resourceServer = serve(resource, true)
      const { origin, pathname, search } = new URL(resource)
      const inserted = `${origin}${WELL_KNOWN}${pathname === '/' ? '' : pathname}${search}`
      expect([resourceServer.resourceMetadataUrl, readMetadata(resourceServer).document['resource']]).toEqual(
        [inserted, resource],
      )
    }
  },
)

rule('mcp-prm-c', 'is at the root of the origin as well where the developer says so', () => {
  const [both, one] = [serve('https://h/mcp', true), serve('https://h/mcp')]
  expect([WELL_KNOWN, `${WELL_KNOWN}/mcp`].map((target) => statusAt(both, target))).toEqual([200, 200])
  expect([WELL_KNOWN, `${WELL_KNOWN}/mcp`].map((target) => statusAt(one, target))).toEqual([undefined, 200])
  expect(both.resourceMetadataUrl).toBe(`https://h${WELL_KNOWN}/mcp`)
})

rule('mcp-uri-a', 'takes scheme and host in capitals, and writes them in small letters', () => {
  const resourceServer = serve('HTTPS://MCP.Example.com/mcp')
  expect(resourceServer.resourceMetadataUrl).toBe(`https://mcp.example.com${WELL_KNOWN}/mcp`)
  expect(readMetadata(resourceServer).document['resource']).toBe('https://mcp.example.com/mcp')
  expect(readMetadata(serve('https://H:443/MCP')).document['resource']).toBe('https://h/MCP')
})

rule('9728-3-a', 'does not exist without the option', () => {
  const resourceServer = createResourceServer(API)
  expect(resourceServer.resourceMetadataUrl).toBeUndefined()
  expect(statusAt(resourceServer, WELL_KNOWN)).toBeUndefined()
})
