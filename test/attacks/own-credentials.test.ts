import { expect } from '@jest/globals'
import { fromNodeRequest, fromWebRequest } from '@bearward/core'
import { sendRaw, type RawRequest } from '../support/raw.js'
import { verdictOn } from '../support/request.js'
import { rule } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { useEverywhere } from './support/everywhere.js'

type Fields = NonNullable<RawRequest['fields']>

const everywhere = useEverywhere()
const servers = useServers()

const withField = (value: string, name = 'Authorization'): RawRequest => ({ fields: [[name, value]] })

rule('OWN-28', 'reads no token out of parameters, as other schemes have them', async () => {
  const { authorizationServer, refuses } = everywhere()
  const twin = await authorizationServer.mint()
  for (const value of [
    `token=${twin}`,
    `token="${twin}"`,
    `realm="x", token=${twin}`,
    `"${twin}"`,
    `<${twin}>`,
    `{${twin}}`,
  ]) {
    await refuses({ attack: withField(`Bearer ${value}`), twin, code: 'ERR_CREDENTIALS_MALFORMED' })
  }
})

rule('OWN-29', 'reads no token out of a list of credentials in one field', async () => {
  const { authorizationServer, refuses } = everywhere()
  const twin = await authorizationServer.mint()
  for (const value of [
    `Bearer ${twin}, Bearer ${twin}`,
    `Bearer ${twin},Bearer ${twin}`,
    `Bearer ${twin}; Bearer x`,
    `Bearer ${twin},`,
    `Bearer ,${twin}`,
    `Bearer ${twin} Basic dTpw`,
  ]) {
    await refuses({ attack: withField(value), twin, code: 'ERR_CREDENTIALS_MALFORMED' })
  }
  for (const value of [`Basic dTpw, Bearer ${twin}`, `Negotiate x, bearer ${twin}`]) {
    await refuses({ attack: withField(value), twin, code: 'ERR_CREDENTIALS_MISSING' })
  }
})

rule('OWN-30', 'reads no token from a field with nearly the right name', async () => {
  const { authorizationServer, refuses } = everywhere()
  const twin = await authorizationServer.mint()
  for (const name of [
    'Authorization_',
    'HTTP_AUTHORIZATION',
    'Authorization-',
    'Authorisation',
    'Authorization.0',
    'X-Original-Authorization',
    'WWW-Authenticate',
    'Authentication',
  ]) {
    await refuses({ attack: withField(`Bearer ${twin}`, name), twin, code: 'ERR_CREDENTIALS_MISSING' })
  }
})

rule('OWN-31', 'takes padding alone for no token', async () => {
  for (const value of ['=', '==', '=a', '= a']) {
    await everywhere().refuses({ attack: withField(`Bearer ${value}`), code: 'ERR_CREDENTIALS_MALFORMED' })
  }
})

rule('OWN-32', 'takes no identity from the address of a request in absolute form', async () => {
  const { authorizationServer, refuses } = everywhere()
  const token = await authorizationServer.mint()
  for (const target of [
    'http://admin:secret@api.example.com/me',
    `http://bearer:${token}@api.example.com/me`,
    'http://admin@other.example.com/',
  ]) {
    const twin = { ...withField(`Bearer ${token}`), target }
    await refuses({ attack: { target }, twin, code: 'ERR_CREDENTIALS_MISSING' })
  }
})

rule(
  'OWN-33',
  'refuses in full also who asks for a part, for another language, or for what has changed',
  async () => {
    const { authorizationServer, refuses } = everywhere()
    const conditions = [
      ['If-Modified-Since', 'Fri, 01 Jan 2100 00:00:00 GMT'],
      ['If-Match', '"x"'],
      ['Range', 'bytes=0-0'],
      ['Accept', 'text/html;q=1, application/json;q=0'],
      ['Accept-Encoding', 'gzip, br, identity;q=0'],
      ['Accept-Language', 'de'],
      ['Prefer', 'return=minimal'],
    ] as const
    const fields = (token: string) => [['Authorization', `Bearer ${token}`], ...conditions] as const
    const [bad, good] = [await authorizationServer.mint({ exp: 1 }), await authorizationServer.mint()]
    const rows = { twin: { fields: fields(good) }, asks: 'keys' } as const
    await refuses({ ...rows, attack: { fields: fields(bad) }, code: 'ERR_TOKEN_EXPIRED' })
    await refuses({ attack: { fields: conditions }, code: 'ERR_CREDENTIALS_MISSING' })
  },
)

rule('OWN-34', 'takes no token from the field while the body alone may have one, were it kept', async () => {
  const { authorizationServer, refuses } = everywhere()
  const token = await authorizationServer.mint()
  const form = ['Content-Type', 'application/x-www-form-urlencoded'] as const
  const twin = { method: 'POST', fields: [form], body: `access_token=${token}` }
  const options = { bearerMethods: ['body'] } as const
  await refuses({
    attack: withField(`Bearer ${token}`),
    twin,
    options,
    parsesBody: true,
    code: 'ERR_CREDENTIALS_MISSING',
  })
})

rule(
  'OWN-35',
  'takes no token from the field while the application reads it elsewhere, were it kept',
  async () => {
    const { authorizationServer, refuses } = everywhere()
    const token = await authorizationServer.mint()
    const options = {
      readAccessToken: ({ fieldValues }: { fieldValues(name: string): readonly string[] }) =>
        fieldValues('x-token')[0],
    }
    const rows = { twin: withField(token, 'X-Token'), options } as const
    await refuses({ ...rows, attack: withField(`Bearer ${token}`), code: 'ERR_CREDENTIALS_MISSING' })
    await refuses({
      ...rows,
      attack: withField(`Bearer ${token}`, 'X-Token'),
      code: 'ERR_CREDENTIALS_MALFORMED',
    })
  },
)

rule('OWN-92', 'accepts no credentials where Node.js may have dropped others', async () => {
  const { authorizationServer, resourceServer } = servers()
  const token = await authorizationServer.mint()
  /** How it ends where so many fields without a value follow the credentials, and `rest` comes last. */
  const verdictBehind = async (fields: number, ...rest: Fields) => {
    const verdicts: string[] = []
    const filling: Fields = Array.from({ length: fields }, () => ['a', ''])
    await sendRaw(
      (message, response) =>
        void verdictOn(resourceServer, fromNodeRequest(message)).then((verdict) => {
          verdicts.push(verdict)
          response.end()
        }),
      { fields: [['Authorization', `Bearer ${token}`], ...filling, ...rest] },
    )
    return verdicts
  }
  expect(await verdictBehind(900)).toEqual(['accepted'])
  expect(await verdictBehind(900, ['Authorization', 'Bearer x'])).toEqual(['ERR_CREDENTIALS_REPEATED'])
  // Later versions of Node.js answer that by themselves.
  expect(['ERR_CREDENTIALS_REPEATED', '']).toContain(
    (await verdictBehind(1_200, ['Authorization', 'Bearer x'])).join(),
  )
})

rule('OWN-92', 'accepts none of a Fetch request either that holds as much as Node.js keeps', async () => {
  const { authorizationServer, resourceServer } = servers()
  const authorization = `Bearer ${await authorizationServer.mint()}`
  const verdictAmong = (fields: Fields) => {
    const headers = new Headers({ authorization })
    for (const [name, value] of fields) headers.append(name, value)
    return verdictOn(resourceServer, fromWebRequest(new Request('https://api.example.com/', { headers })))
  }
  const fill = (count: number, name = 'a'): Fields => Array.from({ length: count }, () => [name, ''])
  for (const filling of [fill(999), fill(999, 'cookie'), [...fill(500), ...fill(499, 'b')]]) {
    expect(await verdictAmong(filling)).toBe('ERR_CREDENTIALS_REPEATED')
    expect(await verdictAmong(filling.slice(1))).toBe('accepted')
  }
})

rule('OWN-92', 'knows how many fields the server keeps', async () => {
  const { authorizationServer, resourceServer } = servers()
  const authorization = `Bearer ${await authorizationServer.mint()}`
  const verdictAmong = (fields: number, socket: object) => {
    const filling = Array.from({ length: fields - 1 }, () => ['a', '']).flat()
    const rawHeaders = ['Authorization', authorization, ...filling]
    return verdictOn(resourceServer, fromNodeRequest({ rawHeaders, headers: { authorization }, socket }))
  }
  const refused = 'ERR_CREDENTIALS_REPEATED'
  expect([await verdictAmong(999, {}), await verdictAmong(1_000, {})]).toEqual(['accepted', refused])
  for (const [maxHeadersCount, ...verdicts] of [
    [50, 'accepted', refused, refused],
    [null, 'accepted', 'accepted', refused],
    [0, 'accepted', 'accepted', 'accepted'],
  ] as const) {
    const socket = { server: { maxHeadersCount } }
    const among = [49, 50, 1_000].map((fields) => verdictAmong(fields, socket))
    expect(await Promise.all(among)).toEqual(verdicts)
  }
})
