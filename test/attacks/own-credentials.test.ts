import type { RawRequest } from '../support/raw.js'
import { rule } from '../support/rule.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere()

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
