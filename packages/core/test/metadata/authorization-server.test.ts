import { describe, expect, test } from '@jest/globals'
import { AskedPauseError, UnavailableError } from '../../src/errors.js'
import { createMetadataSource, parseMetadata } from '../../src/metadata/authorization-server.js'
import { createScriptedFetchJson, type Outcome } from '../http/scripted-fetch-json.js'

const HOST = 'https://as.example.com'
const ISSUER = `${HOST}/t1`
const URLS = [
  `${HOST}/.well-known/oauth-authorization-server/t1`,
  `${HOST}/.well-known/openid-configuration/t1`,
  `${HOST}/t1/.well-known/openid-configuration`,
] as const
const [first, second, third] = URLS
const GOOD = { content: { issuer: ISSUER, jwks_uri: `${HOST}/jwks` } }
const WRONG = { content: { issuer: 'https://other.example.com', jwks_uri: `${HOST}/jwks` } }
const notFound = new UnavailableError('ERR_AUTHORIZATION_SERVER_RESPONSE', '404')
const asking = (retryAfter: number) =>
  new AskedPauseError('ERR_AUTHORIZATION_SERVER_RESPONSE', `for ${String(retryAfter)}`, { retryAfter })
const METADATA = {
  issuer: ISSUER,
  jwksUri: `${HOST}/jwks`,
  tokenEndpointAuthMethods: ['client_secret_basic'],
  introspectionEndpointAuthMethods: undefined,
}

/** A source of metadata whose well-known URLs answer so. */
function create(...outcomes: readonly Outcome[]) {
  const script = createScriptedFetchJson(
    Object.fromEntries(URLS.map((url, index) => [url, outcomes[index] ?? notFound])),
  )
  return { ...script, fetch: createMetadataSource(ISSUER, script.fetchJson, () => true) }
}

describe('a source of metadata', () => {
  test('takes the document of the first URL that has one', async () => {
    const { fetch, asked } = create(GOOD, WRONG)
    expect(await fetch(undefined)).toEqual({ content: METADATA, validator: undefined, lifetime: undefined })
    expect(asked).toEqual([[first, ['application/json'], undefined]])
  })

  test('hands the validator on, and what comes with the document', async () => {
    const validator = { url: first, etag: '"1"' }
    const { fetch, asked } = create({ ...GOOD, validator, lifetime: 300 })
    expect(await fetch(validator)).toEqual({ content: METADATA, validator, lifetime: 300 })
    expect(asked).toEqual([[first, ['application/json'], validator]])
  })

  test('has nothing to check where the copy still holds', async () => {
    const { fetch } = create({ content: undefined, lifetime: 300 })
    expect(await fetch({ url: first, etag: '"1"' })).toEqual({
      content: undefined,
      validator: undefined,
      lifetime: 300,
    })
  })

  test('asks first, the next time, the URL that answered the last time, and then the others in their order', async () => {
    const { fetch, outcomes, urls } = create(notFound, notFound, GOOD)
    await fetch(undefined)
    expect(urls()).toEqual([first, second, third])
    outcomes[third] = notFound
    outcomes[second] = GOOD
    await fetch(undefined)
    expect(urls().slice(3)).toEqual([third, first, second])
    await fetch(undefined)
    expect(urls().slice(6)).toEqual([second])
  })

  test.each([
    ['unreachable', new UnavailableError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', 'refused')],
    ['faulty in a way nobody thought of', new TypeError('broken')],
  ])('asks no other URL where the server is %s', async (_name, error) => {
    const { fetch, urls } = create(error, GOOD)
    await expect(fetch(undefined)).rejects.toBe(error)
    expect(urls()).toEqual([first])
  })
})

describe('where no URL has a document, the failure', () => {
  const invalid = {
    code: 'ERR_METADATA_INVALID',
    message:
      'The authorization server metadata cannot be used: metadata for https://as.example.com/t1: ' +
      'its issuer is not, character by character, the configured one',
  }
  const last = new UnavailableError('ERR_AUTHORIZATION_SERVER_RESPONSE', 'the last one')

  test('is the last one', async () => {
    const { fetch, urls } = create(notFound, notFound, last)
    await expect(fetch(undefined)).rejects.toBe(last)
    expect(urls()).toEqual(URLS)
  })

  test.each([
    ['first', [WRONG, notFound, last]],
    ['second', [notFound, WRONG, last]],
    ['third', [notFound, last, WRONG]],
  ])('is that of a document which is wrong, wherever it stands: %s', async (_name, outcomes) => {
    await expect(create(...outcomes).fetch(undefined)).rejects.toMatchObject(invalid)
  })

  test('is that of a server which asks for a pause, and no other URL is asked then', async () => {
    const error: unknown = await create(WRONG, asking(120), WRONG)
      .fetch(undefined)
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AskedPauseError)
    expect(error).toMatchObject({ retryAfter: 120 })
  })
})

describe('parseMetadata', () => {
  const parse = (members: object, mayAsk = () => true) =>
    parseMetadata({ ...GOOD.content, ...members }, ISSUER, mayAsk)

  test.each([
    ['its issuer is not, character by character, the configured one', { issuer: `${ISSUER}/` }],
    ['it has no jwks_uri', { jwks_uri: [GOOD.content.jwks_uri] }],
    ['it has no jwks_uri', { jwks_uri: undefined }],
  ])('says what is wrong: %s', (problem, members) => {
    expect(() => parse(members)).toThrow(
      expect.objectContaining({
        code: 'ERR_METADATA_INVALID',
        message: `The authorization server metadata cannot be used: metadata for ${ISSUER}: ${problem}`,
      }),
    )
    expect(parse({})).toEqual(METADATA)
  })

  test('takes no jwks_uri that must not be asked', () => {
    const asked: string[] = []
    expect(() =>
      parseMetadata(GOOD.content, ISSUER, (url) => {
        asked.push(url)
        return false
      }),
    ).toThrow(
      expect.objectContaining({
        message: `The authorization server metadata cannot be used: metadata for ${ISSUER}: its jwks_uri is not an https address`,
      }),
    )
    expect(asked).toEqual([`${HOST}/jwks`])
  })

  test('takes the address of introspection where it may be asked, and does without it elsewhere', () => {
    const introspectionEndpoint = `${HOST}/introspect`
    expect(parse({ introspection_endpoint: introspectionEndpoint })).toEqual({
      ...METADATA,
      introspectionEndpoint,
    })
    const document = { ...GOOD.content, introspection_endpoint: introspectionEndpoint }
    expect(parseMetadata(document, ISSUER, (url) => url !== introspectionEndpoint)).toEqual(METADATA)
  })

  test('takes the methods of authentication that the document names', () => {
    expect(
      parse({
        token_endpoint_auth_methods_supported: ['private_key_jwt'],
        introspection_endpoint_auth_methods_supported: [],
      }),
    ).toEqual({
      ...METADATA,
      tokenEndpointAuthMethods: ['private_key_jwt'],
      introspectionEndpointAuthMethods: [],
    })
  })
})
