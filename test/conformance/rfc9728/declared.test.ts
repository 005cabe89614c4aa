import { beforeEach, describe, expect } from '@jest/globals'
import {
  allScopes,
  anyScope,
  claimsThat,
  createDeclarations,
  createResourceServer,
  detailsThat,
  stepUp,
  type Declarations,
  type ResourceMetadataOptions,
} from '@bearward/core'
import request from 'supertest'
import { optionAtFaultIn } from '../../support/configuration.js'
import { FRAMEWORKS } from '../../support/frameworks.js'
import { metadataRequest } from '../../support/metadata.js'
import { rule } from '../../support/rule.js'

const API = { issuer: 'https://as.example.com', audience: 'https://h' }
const PATH = '/.well-known/oauth-protected-resource'
const protect = (options: Partial<ResourceMetadataOptions> = {}) =>
  createResourceServer({ ...API, resourceMetadata: { resource: 'https://h', ...options } })

describe('what guards ask for', () => {
  let declarations: Declarations
  beforeEach(() => {
    declarations = createDeclarations()
  })

  /** What the document has that is served now. */
  function read(answer: ReturnType<Declarations['metadataOf']>, path = PATH) {
    const { scopes_supported: scopes, authorization_details_types_supported: types } = JSON.parse(
      answer(metadataRequest(path))?.body ?? '{}',
    ) as Readonly<Record<string, unknown>>
    return [scopes, types]
  }

  rule('9728-2-c', 'is in the metadata, each scope once, also of guards that come later', () => {
    const answer = declarations.metadataOf(protect())
    expect(read(answer)).toEqual([undefined, undefined])
    declarations.add(allScopes('files:read', 'files:write'))
    declarations.add(anyScope('files:read', 'files:admin'))
    declarations.add(stepUp({ maxAge: 60, scopes: ['files:delete'] }))
    expect(read(answer)).toEqual([['files:read', 'files:write', 'files:admin', 'files:delete'], undefined])
    expect(read(declarations.metadataOf(protect()))).toEqual(read(answer))
  })

  rule('9728-2-e', 'is in the metadata with the types of authorization details', () => {
    const answer = declarations.metadataOf(protect())
    for (const type of ['account', 'payment', 'account']) declarations.add(detailsThat({ type }))
    declarations.add(detailsThat(({ type }) => type === 'secret'))
    declarations.add(claimsThat(() => true))
    expect(read(answer)).toEqual([undefined, ['account', 'payment']])
  })

  rule('9728-2-c', 'gives way to what the developer says', () => {
    declarations.add(allScopes('files:read'))
    declarations.add(detailsThat({ type: 'account' }))
    const said = { scopesSupported: ['mcp'], authorizationDetailsTypesSupported: ['payment'] }
    expect(read(declarations.metadataOf(protect(said)))).toEqual([['mcp'], ['payment']])
  })

  rule('9728-2-c', 'is left out where it may be of another resource', () => {
    declarations.add(allScopes('files:read'))
    const answer = declarations.metadataOf(protect())
    expect(read(answer)).toEqual([['files:read'], undefined])
    const other = declarations.metadataOf(
      protect({ resource: 'https://h/other', scopesSupported: ['other'] }),
    )
    expect(read(answer)).toEqual([undefined, undefined])
    expect(read(other, `${PATH}/other`)).toEqual([['other'], undefined])
  })

  rule('9728-2-c', 'does not grow without end where guards are made for each request', () => {
    const answer = declarations.metadataOf(protect())
    for (let number = 0; number < 2_000; number += 1) declarations.add(allScopes(`file:${String(number)}`))
    expect(read(answer)[0]).toHaveLength(1_000)
  })

  rule('mcp-scope-e', 'is never offline_access, nor may the developer say so', () => {
    for (const make of [
      () => allScopes('files:read', 'offline_access'),
      () => anyScope('offline_access'),
      () => stepUp({ maxAge: 60, scopes: ['offline_access'] }),
    ])
      expect(optionAtFaultIn(make)).toBe('scopes')
    const scopes = ['files:read', 'offline_access']
    expect(optionAtFaultIn(() => protect({ scopesSupported: scopes }))).toBe(
      'resourceMetadata.scopesSupported',
    )
    expect(optionAtFaultIn(() => createResourceServer({ ...API, challengeScopes: scopes }))).toBe(
      'challengeScopes',
    )
    expect(optionAtFaultIn(() => allScopes('files:read', 'offline'))).toBeUndefined()
  })
})

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  rule(['9728-2-c', '9728-2-e'], 'fills the metadata from the guards of the application', async () => {
    const resourceServer = protect()
    const scopes = ['files:read', 'files:write', 'files:admin', 'files:delete']
    const api = createApp((kit) => [
      kit.protectedResourceMetadata(resourceServer),
      kit.requireToken(resourceServer),
      kit.get('/files', kit.requireScope('files:read', 'files:write'), kit.handler()),
      kit.get('/any', kit.requireAnyScope('files:read', 'files:admin'), kit.handler()),
      kit.get('/gone', kit.requireStepUp({ maxAge: 60, scopes: ['files:delete'] }), kit.handler()),
      kit.get('/paid', kit.requireAuthorizationDetails({ type: 'payment' }), kit.handler()),
      kit.get(
        '/claims',
        kit.requireClaims(() => true),
        kit.handler(),
      ),
    ])
    const { body } = (await request(api.listener).get(PATH)) as { body: Record<string, unknown> }
    expect(body).toMatchObject({
      scopes_supported: scopes,
      authorization_details_types_supported: ['payment'],
    })
  })

  rule('9728-5.1-b', 'is refused at start-up where the resource server has no metadata to serve', () => {
    const make = (resourceServer: ReturnType<typeof protect>) => () =>
      createApp(({ protectedResourceMetadata }) => [protectedResourceMetadata(resourceServer)])
    expect(optionAtFaultIn(make(createResourceServer(API)))).toBe('resourceMetadata')
    expect(optionAtFaultIn(make(protect()))).toBeUndefined()
  })
})
