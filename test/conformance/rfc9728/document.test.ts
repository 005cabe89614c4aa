import { describe, expect } from '@jest/globals'
import {
  createResourceServer,
  type ResourceMetadataOptions,
  type ResourceServerOptions,
} from '@bearward/core'
import { optionAtFault } from '../../support/configuration.js'
import { readMetadata } from '../../support/metadata.js'
import { rule, ruleForEach } from '../../support/rule.js'

const ISSUER = 'https://as.example.com'
const RESOURCE = 'https://resource.example.com'
const API = { issuer: ISSUER, audience: RESOURCE }
const atFault = (resourceMetadata: unknown): string | undefined => optionAtFault({ ...API, resourceMetadata })

/** The document that a resource server with these options serves. */
function documentOf(
  resourceMetadata: ResourceMetadataOptions,
  options: object = { issuer: ISSUER },
): Readonly<Record<string, unknown>> {
  const all = { audience: RESOURCE, resourceMetadata, ...options } as ResourceServerOptions
  return readMetadata(createResourceServer(all)).document
}

rule('9728-2-a', 'is of the resource that is configured, character by character', () => {
  for (const resource of [RESOURCE, `${RESOURCE}/`, `${RESOURCE}/api/v1`, `${RESOURCE}/api/?v=1`]) {
    expect(documentOf({ resource })['resource']).toBe(resource)
  }
})

ruleForEach<unknown>(
  ['9728-2-a', '9728-5.1-b'],
  {
    'a fragment': `${RESOURCE}/#f`,
    'an empty fragment': `${RESOURCE}/#`,
    'plain HTTP': 'http://resource.example.com',
    'another scheme': 'ftp://resource.example.com',
    'no scheme': 'resource.example.com',
    'no host': 'https:///api',
    'user information': 'https://user@resource.example.com',
    'a password': 'https://:secret@resource.example.com',
    'dots that lead up': `${RESOURCE}/a/../b`,
    'a letter to be encoded': `${RESOURCE}/ä`,
    'a space': `${RESOURCE}/a b`,
    'a space at the end': `${RESOURCE} `,
    'a backslash': 'https:\\\\resource.example.com',
    'a line break': `${RESOURCE}/\r\nX-Injected: yes`,
    nothing: undefined,
    'no text': 7,
  },
  'is refused at start-up with %s in its place',
  (resource) => {
    expect(atFault({ resource })).toBe('resourceMetadata.resource')
    expect(atFault({ resource: RESOURCE })).toBeUndefined()
  },
)

rule('9728-2-a', 'may be of a resource on loopback without TLS, for development', () => {
  for (const resource of ['http://localhost:3000/mcp', 'http://127.0.0.1', 'http://[::1]:8080/'])
    expect(documentOf({ resource })['resource']).toBe(resource)
  expect(atFault({ resource: 'http://localhost.example.com' })).toBe('resourceMetadata.resource')
})

describe('authorization_servers', () => {
  const OTHER = 'https://as.example.com/tenant/'

  rule('9728-2-b', 'are the issuers whose tokens are accepted, as tokens name them', () => {
    const several = { authorizationServers: [{ issuer: ISSUER }, { issuer: OTHER }] }
    expect(documentOf({ resource: RESOURCE })['authorization_servers']).toEqual([ISSUER])
    expect(documentOf({ resource: RESOURCE }, several)['authorization_servers']).toEqual([ISSUER, OTHER])
  })

  rule(['9728-2-b', 'mcp-prm-a'], 'have to be named where issuers are looked up, and there alone', () => {
    const looked = { audience: RESOURCE, resolveAuthorizationServer: () => undefined }
    const named = { resource: RESOURCE, authorizationServers: [OTHER] }
    const missing = { ...looked, resourceMetadata: { resource: RESOURCE } }
    expect(optionAtFault(missing)).toBe('resourceMetadata.authorizationServers')
    expect(optionAtFault({ ...looked, resourceMetadata: { ...named, authorizationServers: [] } })).toBe(
      'resourceMetadata.authorizationServers',
    )
    expect(documentOf(named, looked)['authorization_servers']).toEqual([OTHER])
    expect(atFault(named)).toBe('resourceMetadata.authorizationServers')
  })
})

rule('9728-2-c', 'names the scopes that the developer says, and else none that it does not know', () => {
  expect(documentOf({ resource: RESOURCE, scopesSupported: ['a', 'b', 'a'] })['scopes_supported']).toEqual([
    'a',
    'b',
  ])
  expect(documentOf({ resource: RESOURCE })).not.toHaveProperty('scopes_supported')
  for (const scopesSupported of [[], ['a b'], [''], [1], 'a b']) {
    expect(atFault({ resource: RESOURCE, scopesSupported })).toBe('resourceMetadata.scopesSupported')
  }
})

rule('9728-2-d', 'says where tokens may stand, and where they may not', () => {
  const methodsWith = (options: object) =>
    documentOf({ resource: RESOURCE }, { issuer: ISSUER, ...options })['bearer_methods_supported']
  expect(methodsWith({})).toEqual(['header'])
  expect(methodsWith({ bearerMethods: ['body', 'header'] })).toEqual(['header', 'body'])
  expect(methodsWith({ readAccessToken: () => undefined })).toEqual([])
})

rule('9728-2-e', 'says nothing of what it does not enforce', () => {
  expect(documentOf({ resource: RESOURCE })).toEqual({
    resource: RESOURCE,
    authorization_servers: [ISSUER],
    bearer_methods_supported: ['header'],
  })
  const types = { authorizationDetailsTypesSupported: ['payment'] }
  expect(documentOf({ resource: RESOURCE, ...types })).toMatchObject({
    authorization_details_types_supported: ['payment'],
  })
})

rule('9728-2-e', 'says what tokens may be bound to, and whether they must be', () => {
  const documentWith = (options: object) => documentOf({ resource: RESOURCE }, { issuer: ISSUER, ...options })
  const dpop = { origin: 'https://api.example.com', algorithms: ['ES256', 'Ed25519'] }
  const clientCertificates = { from: 'socket' }
  const proofs = { dpop_signing_alg_values_supported: ['ES256', 'Ed25519'] }
  const certificates = { tls_client_certificate_bound_access_tokens: true }
  const required = { dpop_bound_access_tokens_required: true }
  expect(documentWith({ dpop })).toMatchObject(proofs)
  expect(documentWith({ dpop })).not.toHaveProperty('dpop_bound_access_tokens_required')
  expect(documentWith({ dpop, senderConstraint: 'required' })).toMatchObject({ ...proofs, ...required })
  expect(documentWith({ clientCertificates })).toMatchObject(certificates)
  const either = documentWith({ dpop, clientCertificates, senderConstraint: 'required' })
  expect(either).toMatchObject({ ...proofs, ...certificates })
  expect(either).not.toHaveProperty('dpop_bound_access_tokens_required')
})

ruleForEach<object>(
  '9728-2-f',
  {
    'a key set of its own': { jwksUri: 'http://resource.example.com/jwks' },
    'signed answers': { resourceSigningAlgValuesSupported: ['none'] },
    'signed metadata': { signedMetadata: 'a.b.c' },
    'a misspelt option': { resourcename: 'API' },
    'a name that is no text': { resourceName: 7 },
    'an empty name': { resourceName: '' },
    'documentation that is no URL': { resourceDocumentation: '/docs' },
    'documentation in JavaScript': { resourceDocumentation: 'javascript:alert(1)' },
    'no boolean': { atRoot: 'yes' },
  },
  'is refused at start-up with %s',
  (member) => {
    const [name] = Object.keys(member)
    expect(atFault({ resource: RESOURCE, ...member })).toMatch(
      new RegExp(`^(?:resourceMetadata\\.)?${name ?? ''}$`),
    )
    expect(atFault({ resource: RESOURCE, resourceName: 'API', atRoot: true })).toBeUndefined()
  },
)

rule('9728-3.2-a', 'is a JSON object with what was said, and no empty list', () => {
  const { status, headers, document } = readMetadata(
    createResourceServer({
      ...API,
      resourceMetadata: {
        resource: RESOURCE,
        resourceName: 'Résumés',
        resourceDocumentation: 'https://resource.example.com/resource_documentation.html',
        scopesSupported: ['profile', 'email', 'phone'],
      },
    }),
  )
  expect([status, headers['Content-Type']]).toEqual([200, 'application/json'])
  expect(document).toEqual({
    resource: RESOURCE,
    authorization_servers: [ISSUER],
    scopes_supported: ['profile', 'email', 'phone'],
    bearer_methods_supported: ['header'],
    resource_name: 'Résumés',
    resource_documentation: 'https://resource.example.com/resource_documentation.html',
  })
})
