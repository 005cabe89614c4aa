import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseChallenges, startAuthorizationServer, type AuthorizationServer } from '@bearward/testing'
import { createLocalJWKSet, jwtVerify } from 'jose'

const ODD = { clientId: 'odd client:1', clientSecret: 'p+ss w%rd/é', scope: 'read' }

let server: AuthorizationServer

beforeAll(async () => {
  server = await startAuthorizationServer({
    algorithms: ['ES256'],
    lifetime: 120,
    clients: [{ clientId: 'app', clientSecret: 'hush', scope: 'read write' }, ODD],
  })
})

afterAll(() => server.close())

interface TokenResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

async function post(
  form: string | Record<string, string>,
  headers: Record<string, string> = {},
): Promise<TokenResponse> {
  const response = await fetch(server.tokenEndpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
  })
  const body = (await response.json()) as Record<string, unknown>
  return { status: response.status, headers: response.headers, body }
}

/** RFC 6749, section 2.3.1: both halves form-encoded. */
function basic(clientId: string, clientSecret: string): { Authorization: string } {
  const encode = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)
  return { Authorization: `Basic ${btoa(`${encode(clientId)}:${encode(clientSecret)}`)}` }
}

const GRANT = { grant_type: 'client_credentials' }
const APP = basic('app', 'hush')

describe('a client that authenticates', () => {
  test('gets an access token of its own with all of its scopes', async () => {
    const { status, body } = await post(GRANT, APP)
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 120,
      scope: 'read write',
    })
    const { payload } = await jwtVerify(String(body['access_token']), createLocalJWKSet(server.keySet()))
    expect(payload).toMatchObject({ iss: server.issuer, sub: 'app', client_id: 'app', scope: 'read write' })
    expect(Number(payload.exp) - Number(payload.iat)).toBe(120)
  })

  test('gets it by the form as well', async () => {
    const { status, body } = await post({ ...GRANT, client_id: 'app', client_secret: 'hush' })
    expect([status, body['token_type']]).toEqual([200, 'Bearer'])
  })

  test('may have any characters in its name and secret', async () => {
    const byHeader = await post(GRANT, basic(ODD.clientId, ODD.clientSecret))
    const byForm = await post({ ...GRANT, client_id: ODD.clientId, client_secret: ODD.clientSecret })
    expect([byHeader.status, byForm.status]).toEqual([200, 200])
    const { payload } = await jwtVerify(
      String(byHeader.body['access_token']),
      createLocalJWKSet(server.keySet()),
    )
    expect(payload['client_id']).toBe(ODD.clientId)
  })

  test('may spell the scheme as it likes, and repeat its name in the form', async () => {
    const authorization = APP.Authorization.replace('Basic', 'bAsIc ')
    const { status } = await post({ ...GRANT, client_id: 'app' }, { Authorization: authorization })
    expect(status).toBe(200)
  })

  test('may send parameters that nobody knows, and parameters without a value', async () => {
    const { status, body } = await post({ ...GRANT, scope: '', resource: 'https://api.example.com' }, APP)
    expect([status, body['scope']]).toEqual([200, 'read write'])
  })
})

test.each([
  ['a good answer', GRANT, APP],
  ['a refusal', GRANT, {}],
])('%s is not to be stored', async (_kind, form, headers) => {
  const response = await post(form, headers)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(response.headers.get('pragma')).toBe('no-cache')
})

describe('a client that does not authenticate', () => {
  const challenged: [string, Record<string, string>, Record<string, string>][] = [
    ['a wrong secret in the header', {}, basic('app', 'wrong')],
    ['a wrong secret in the form', { client_id: 'app', client_secret: 'wrong' }, {}],
    ['an unknown name', {}, basic('nobody', 'hush')],
    ['an unknown name and no secret', {}, basic('nobody', '')],
    ['the secret of another client', {}, basic('app', ODD.clientSecret)],
    ['no credentials', {}, {}],
    ['a name alone', { client_id: 'app' }, {}],
    ['a secret alone', { client_secret: 'hush' }, {}],
    ['another scheme', {}, { Authorization: 'Bearer YXBwOmh1c2g=' }],
    ['credentials without a colon', {}, { Authorization: `Basic ${btoa('app')}` }],
    ['credentials that are not base64', {}, { Authorization: 'Basic *' }],
    ['credentials that are not form-encoded', {}, { Authorization: `Basic ${btoa('app:%zz')}` }],
  ]

  test.each(challenged)('with %s is challenged', async (_mistake, form, headers) => {
    const response = await post({ ...GRANT, ...form }, headers)
    expect([response.status, response.body['error']]).toEqual([401, 'invalid_client'])
    expect(parseChallenges(response.headers.get('www-authenticate'))).toMatchObject([{ scheme: 'Basic' }])
  })

  test('decodes the header only once', async () => {
    const unencoded = `Basic ${btoa('app:hush')}`
    const encodedTwice = `Basic ${btoa('app:%2568ush')}`
    expect((await post(GRANT, { Authorization: unencoded })).status).toBe(200)
    expect((await post(GRANT, { Authorization: `Basic ${btoa('app:%68ush')}` })).status).toBe(200)
    expect((await post(GRANT, { Authorization: encodedTwice })).status).toBe(401)
  })
})

describe('the scope', () => {
  test('may be narrowed, and repetitions count once', async () => {
    const { status, body } = await post({ ...GRANT, scope: 'write write' }, APP)
    expect([status, body['scope']]).toEqual([200, 'write'])
    const { payload } = await jwtVerify(String(body['access_token']), createLocalJWKSet(server.keySet()))
    expect(payload['scope']).toBe('write')
  })

  test.each(['admin', 'read admin', 'Read', 'read  write', 'read\twrite'])('may not be %j', async (scope) => {
    const { status, body } = await post({ ...GRANT, scope }, APP)
    expect([status, body['error']]).toEqual([400, 'invalid_scope'])
  })
})

describe('a request is refused', () => {
  test('where the client authenticates in two ways', async () => {
    const { status, body } = await post({ ...GRANT, client_id: 'app', client_secret: 'hush' }, APP)
    expect([status, body['error']]).toEqual([400, 'invalid_request'])
  })

  test('where the form names another client than the header', async () => {
    const { status, body } = await post({ ...GRANT, client_id: ODD.clientId }, APP)
    expect([status, body['error']]).toEqual([400, 'invalid_request'])
  })

  test('where there is no grant type', async () => {
    const { status, body } = await post({}, APP)
    expect([status, body['error']]).toEqual([400, 'invalid_request'])
  })

  test.each(['password', 'refresh_token', 'Client_Credentials'])(
    'with the grant type %s',
    async (grantType) => {
      const { status, body } = await post({ grant_type: grantType }, APP)
      expect([status, body['error']]).toEqual([400, 'unsupported_grant_type'])
    },
  )

  test('where a parameter is repeated', async () => {
    const { status, body } = await post('grant_type=client_credentials&scope=read&scope=write', APP)
    expect([status, body['error']]).toEqual([400, 'invalid_request'])
  })

  test.each(['application/json', 'text/plain', ''])('with the media type %j', async (mediaType) => {
    const { status, body } = await post(GRANT, { ...APP, 'Content-Type': mediaType })
    expect([status, body['error']]).toEqual([400, 'invalid_request'])
  })

  test('but not for a parameter of the media type, or its case', async () => {
    const mediaType = 'Application/X-WWW-Form-Urlencoded; charset=UTF-8'
    expect((await post(GRANT, { ...APP, 'Content-Type': mediaType })).status).toBe(200)
  })

  test('where it is a GET', async () => {
    const response = await fetch(`${server.tokenEndpoint}?grant_type=client_credentials`, { headers: APP })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  test('where it is too large', async () => {
    const response = await fetch(server.tokenEndpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'a'.repeat(65_537),
    })
    expect(response.status).toBe(413)
  })
})
