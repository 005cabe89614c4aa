import { describe, expect, test } from '@jest/globals'
import type { ProtectedResourceConfig } from '../src/config/protected-resource.js'
import { parseOptions } from '../src/config/resource-server.js'
import { createDeclarations } from '../src/declarations.js'
import { answerMetadata } from '../src/metadata-answer.js'
import type { ProtectedResourceRequest } from '../src/request.js'
import type { ResourceServer } from '../src/resource-server.js'
import type { DeclaredDemands } from '../src/metadata/protected-resource.js'
import { problemOf } from './config/problem.js'

const RESOURCE = 'https://api.example.com/v1?a'
const TARGET = '/.well-known/oauth-protected-resource/v1?a'

function configOf(options: object = {}): ProtectedResourceConfig | undefined {
  const resourceMetadata = { resource: RESOURCE, ...options }
  return parseOptions({ issuer: 'https://as.example.com', audience: RESOURCE, resourceMetadata })
    .resourceMetadata
}

const ask = (request: Partial<ProtectedResourceRequest> = {}, config = configOf()) =>
  answerMetadata(
    { method: 'GET', target: TARGET, secure: undefined, fieldValues: () => [], ...request },
    config,
  )

const asking = (...tags: readonly string[]): Partial<ProtectedResourceRequest> => ({
  fieldValues: (name) => (name === 'if-none-match' ? tags : []),
})

describe('answerMetadata', () => {
  test('sends the document, to pages of any origin', () => {
    const answer = ask()
    expect(answer).toMatchObject({ status: 200 })
    expect(answer?.headers).toEqual({
      'Access-Control-Allow-Origin': '*',
      'Cache-Control': 'public, max-age=3600',
      'Content-Type': 'application/json',
      ETag: expect.stringMatching(/^"[\w-]{22}"$/),
    })
    expect(JSON.parse(answer?.body ?? '')).toEqual({
      resource: RESOURCE,
      authorization_servers: ['https://as.example.com'],
      bearer_methods_supported: ['header'],
    })
    expect(ask({ method: 'HEAD' })).toEqual(answer)
  })

  test.each(['/', '/v1', '/.well-known/oauth-protected-resource', `${TARGET}b`, TARGET.toUpperCase()])(
    'answers no request for %s',
    (target) => {
      expect(ask({ target })).toBeUndefined()
    },
  )

  test('answers at the root of the origin where it is told to', () => {
    const target = '/.well-known/oauth-protected-resource'
    expect(ask({ target }, configOf({ atRoot: true }))?.status).toBe(200)
    expect(ask({}, configOf({ atRoot: true }))?.status).toBe(200)
  })

  test('has nothing to answer where there is no metadata', () => {
    expect(
      answerMetadata({ method: 'GET', target: TARGET, secure: undefined, fieldValues: () => [] }, undefined),
    ).toBeUndefined()
  })

  test('says to browsers what they may send', () => {
    expect(ask({ method: 'OPTIONS' })).toEqual({
      status: 200,
      headers: {
        'Access-Control-Allow-Origin': '*',
        'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS',
        'Access-Control-Allow-Headers': '*',
        'Access-Control-Max-Age': '3600',
      },
      body: '',
    })
  })

  test.each(['POST', 'PUT', 'get', ''])('allows no %s', (method) => {
    expect(ask({ method })).toEqual({
      status: 405,
      headers: { 'Access-Control-Allow-Origin': '*', Allow: 'GET, HEAD, OPTIONS' },
      body: '',
    })
  })

  test('sends nothing to who has it', () => {
    const tag = String(ask()?.headers['ETag'])
    for (const tags of [[tag], [`"x", ${tag}`], [`W/${tag}`], ['*'], [' * '], ['"x"', tag]]) {
      const answer = ask(asking(...tags))
      expect(answer).toMatchObject({ status: 304, body: '' })
      expect(answer?.headers).toEqual({
        'Access-Control-Allow-Origin': '*',
        'Cache-Control': 'public, max-age=3600',
        ETag: tag,
      })
    }
    for (const tags of [[], ['"x"'], ['x*'], ['']]) expect(ask(asking(...tags))?.status).toBe(200)
    expect(String(ask({}, configOf({ resourceName: 'API' }))?.headers['ETag'])).not.toBe(tag)
  })
})

describe('declarations', () => {
  /** What is answered with, of resource servers at these addresses. */
  function createServer(url: string | undefined) {
    const asked: unknown[] = []
    const resourceServer = {
      resourceMetadataUrl: url,
      answerMetadata: (...given: readonly unknown[]) => void asked.push(given),
    } as unknown as ResourceServer
    return { asked, resourceServer }
  }
  const REQUEST = { method: 'GET', target: '/', secure: undefined, fieldValues: () => [] }
  const requirementOf = (members: object) => Object.assign(() => undefined, members)

  test('say what guards ask for, each once, whenever they were made', () => {
    const { add, metadataOf } = createDeclarations()
    const { asked, resourceServer } = createServer('https://a.example.com/')
    const requirement = requirementOf({ scopes: ['a', 'b'] })
    expect(add(requirement)).toBe(requirement)
    const answer = metadataOf(resourceServer)
    add(requirementOf({ scopes: ['b', 'c'], authorizationDetailsTypes: ['d'] }))
    add(requirementOf({}))
    answer(REQUEST)
    expect(asked).toEqual([[REQUEST, { scopes: ['a', 'b', 'c'], authorizationDetailsTypes: ['d'] }]])
  })

  test('say no more than a client can read', () => {
    const { add, metadataOf } = createDeclarations()
    const { asked, resourceServer } = createServer('https://a.example.com/')
    add(requirementOf({ scopes: ['first'] }))
    add(requirementOf({ scopes: ['x'.repeat(257), 'y'.repeat(256)] }))
    for (let index = 0; index < 300; index += 1)
      add(
        requirementOf({
          scopes: [String(index).padStart(200, 'z')],
          authorizationDetailsTypes: [String(index)],
        }),
      )
    metadataOf(resourceServer)(REQUEST)
    const [[, { scopes, authorizationDetailsTypes }]] = asked as [[unknown, DeclaredDemands]]
    expect(scopes.slice(0, 2)).toEqual(['first', 'y'.repeat(256)])
    expect(scopes.join('').length).toBeGreaterThan(32_768 - 200)
    expect(scopes.join('').length).toBeLessThanOrEqual(32_768)
    expect(authorizationDetailsTypes).toHaveLength(300)
  })

  test('say nothing where there are two resources', () => {
    const { add, metadataOf } = createDeclarations()
    const [one, same, other] = [
      'https://a.example.com/',
      'https://a.example.com/',
      'https://b.example.com/',
    ].map(createServer)
    add(requirementOf({ scopes: ['a'] }))
    if (one === undefined || same === undefined || other === undefined) throw new Error('there are three')
    const answer = metadataOf(one.resourceServer)
    metadataOf(same.resourceServer)
    answer(REQUEST)
    metadataOf(other.resourceServer)
    answer(REQUEST)
    expect(one.asked).toEqual([[REQUEST, { scopes: ['a'], authorizationDetailsTypes: [] }], [REQUEST]])
  })

  test('need metadata', () => {
    expect(problemOf(() => createDeclarations().metadataOf(createServer(undefined).resourceServer))).toBe(
      'resourceMetadata: is required to serve protected resource metadata',
    )
  })

  test('are a thousand at most', () => {
    const { add, metadataOf } = createDeclarations()
    const { asked, resourceServer } = createServer('https://a.example.com/')
    for (let index = 0; index < 1_001; index += 1) add(requirementOf({ scopes: [String(index)] }))
    metadataOf(resourceServer)(REQUEST)
    const [[, declared]] = asked as [[unknown, { scopes: readonly string[] }]]
    expect([declared.scopes.length, declared.scopes.at(-1)]).toEqual([1_000, '999'])
  })
})
