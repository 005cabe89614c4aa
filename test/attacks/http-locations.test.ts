import { describe, expect } from '@jest/globals'
import { FRAMEWORKS } from '../support/frameworks.js'
import { sendRaw, type RawRequest } from '../support/raw.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere()
const servers = useServers()

const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const
const IN_FORM = { options: { bearerMethods: ['header', 'body'] }, parsesBody: true } as const

/** A form with an access token. */
const inForm = (token: string, fields: RawRequest['fields'] = [FORM], method = 'POST'): RawRequest => ({
  method,
  fields,
  body: `access_token=${token}`,
})

const inHeader = (credentials: string, more: RawRequest['fields'] = []): RawRequest => ({
  fields: [['Authorization', credentials], ...more],
})

rule('HTTP-02', 'refuses everywhere a request with a token in two places, were it the same', async () => {
  const { authorizationServer, refuses } = everywhere()
  const [token, other] = [await authorizationServer.mint(), await authorizationServer.mint()]
  for (const second of [token, other, 'x', 'a.b.c']) {
    const attack = { ...inForm(second), fields: [['Authorization', `Bearer ${token}`], FORM] } as const
    await refuses({ ...IN_FORM, attack, twin: inForm(token), code: 'ERR_CREDENTIALS_REPEATED' })
  }
})

ruleForEach(
  'HTTP-03',
  {
    'by the name of RFC 6750': (token: string) => `/me?access_token=${token}`,
    'by another name': (token: string) => `/me?token=${token}&jwt=${token}&id_token=${token}`,
    'after a second question mark': (token: string) => `/me??access_token=${token}`,
    'in the fragment': (token: string) => `/me#access_token=${token}`,
    'in the path': (token: string) => `/me;access_token=${token}`,
  },
  'takes everywhere no token from the query: %s',
  async (toTarget) => {
    const { authorizationServer, refuses, accepts } = everywhere()
    const token = await authorizationServer.mint()
    const twin = { ...inHeader(`Bearer ${token}`), target: toTarget('x') }
    await refuses({ attack: { target: toTarget(token) }, twin, code: 'ERR_CREDENTIALS_MISSING' })
    const post = { ...inForm('', [FORM]), body: 'x=1', target: toTarget(token) }
    await refuses({ ...IN_FORM, attack: post, twin: inForm(token), code: 'ERR_CREDENTIALS_MISSING' })
    await accepts({ ...inHeader(`Bearer ${token}`), target: toTarget(await authorizationServer.mint()) })
  },
)

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  ruleForEach(
    'HTTP-04',
    {
      'a list': [(token: string) => `access_token[]=${token}`, 400],
      'a list of two': [(token: string) => `access_token=${token}&access_token=${token}`, 400],
      'an object': [(token: string) => `access_token[x]=${token}`, 400],
      'an object with a length': [(token: string) => `access_token[length]=1&access_token[0]=${token}`, 400],
      __proto__: [(token: string) => `__proto__[access_token]=${token}`, 401],
      'a member __proto__ of the token': [(token: string) => `access_token[__proto__]=${token}`, [400, 401]],
      'a constructor': [(token: string) => `constructor[prototype][access_token]=${token}`, 401],
    } as const,
    'takes no token out of %s that a parser made of a form',
    async ([toBody, status]) => {
      const resourceServer = servers().protect({ bearerMethods: ['body'] })
      const api = createApp((kit) => [kit.parseBody(), kit.requireToken(resourceServer), kit.handler()])
      const token = await servers().authorizationServer.mint()
      const send = async (body: string) =>
        (await sendRaw(api.listener, { method: 'POST', fields: [FORM], body })).status
      expect([status].flat()).toContain(await send(toBody(token))) // parsers may leave such a name out
      expect(api.handled()).toBe(0)
      expect([await send(`access_token=${token}`), api.handled()]).toEqual([200, 1])
      expect(await send('x=1')).toBe(401)
    },
  )

  ruleForEach(
    'OWN-101',
    {
      'in the form': (token: string) => ({ ...inForm(token), start: `access_token=${token}&` }),
      'in the header': (token: string) => ({ ...inHeader(`Bearer ${token}`, [FORM]), start: '' }),
    },
    'lets nobody hide a second token behind a thousand parameters: the first is %s',
    async (toFirst) => {
      const resourceServer = servers().protect({ bearerMethods: ['header', 'body'] })
      const api = createApp((kit) => [kit.parseBody(), kit.requireToken(resourceServer), kit.handler()])
      const { start, ...first } = toFirst(await servers().authorizationServer.mint())
      const send = async (rest: string) =>
        (await sendRaw(api.listener, { ...first, method: 'POST', body: start + rest })).status
      for (const parameter of ['a=', 'hasOwnProperty=x', '']) {
        const filling = `${parameter}&`.repeat(1_000)
        for (const name of [
          'access_token',
          '[access_token]',
          '%5Baccess_token%5D',
          'access_token[]',
          '.access_token',
          '%2eaccess_token.',
        ]) {
          expect([400, 500]).toContain(await send(`${filling}${name}=x`)) // 500: the parser of Express throws
          expect(await send(`${name}=x&${filling}`)).not.toBe(200)
        }
      }
      expect(api.handled()).toBe(0)
      expect(await send('a=&'.repeat(900))).toBe(200)
    },
  )
})

ruleForEach(
  'HTTP-05',
  {
    'JSON, as it says': (token: string) => ({
      ...inForm(token, [['Content-Type', 'application/json']]),
      body: JSON.stringify({ access_token: token }),
    }),
    'multipart, as it says': (token: string) => ({
      ...inForm(token, [['Content-Type', 'multipart/form-data; boundary=x']]),
      body: `--x\r\nContent-Disposition: form-data; name="access_token"\r\n\r\n${token}\r\n--x--\r\n`,
    }),
    'of no type': (token: string) => inForm(token, []),
    'that comes with GET': (token: string) => inForm(token, [FORM], 'GET'),
    'that comes with DELETE': (token: string) => inForm(token, [FORM], 'DELETE'),
  },
  'takes everywhere no token from a body that is no form: one %s',
  async (toRequest) => {
    const { authorizationServer, refuses } = everywhere()
    const token = await authorizationServer.mint()
    const attack = toRequest(token)
    await refuses({ ...IN_FORM, attack, twin: inForm(token), code: 'ERR_CREDENTIALS_MISSING' })
    const header = { parsesBody: true, code: 'ERR_CREDENTIALS_MISSING' } as const
    await refuses({ ...header, attack: inForm(token), twin: inHeader(`Bearer ${token}`) })
  },
)

const TEXT = ['Content-Type', 'text/plain'] as const

ruleForEach(
  'OWN-102',
  {
    'the same': [FORM, FORM],
    'the second another': [FORM, TEXT],
    'the first another': [TEXT, FORM],
    'in one line': [['Content-Type', `${TEXT[1]}, ${FORM[1]}`]],
    'in one line, the form first': [['Content-Type', `${FORM[1]},${TEXT[1]}`]],
  } as const,
  'takes everywhere no token from a form with two media types, %s, and none beside it',
  async (types) => {
    const { authorizationServer, refuses } = everywhere()
    const token = await authorizationServer.mint()
    const twin = inForm(token)
    await refuses({ ...IN_FORM, attack: inForm(token, types), twin, code: 'ERR_CREDENTIALS_MALFORMED' })
    const inBoth = inForm('x', [['Authorization', `Bearer ${token}`], ...types])
    await refuses({ ...IN_FORM, attack: inBoth, twin, code: 'ERR_CREDENTIALS_MALFORMED' })
  },
)

rule(
  'HTTP-05',
  'takes a token from a form of any charset, and of each method that may have one',
  async () => {
    const { authorizationServer, accepts } = everywhere()
    const token = await authorizationServer.mint()
    const charset = ['Content-Type', 'Application/X-WWW-Form-Urlencoded; Charset=UTF-8'] as const
    await accepts(inForm(token, [charset]), IN_FORM)
    for (const method of ['PUT', 'PATCH']) await accepts(inForm(token, [FORM], method), IN_FORM)
  },
)

ruleForEach(
  'HTTP-06',
  {
    Basic: ['Basic', 'ERR_CREDENTIALS_MISSING'],
    Token: ['Token', 'ERR_CREDENTIALS_MISSING'],
    JWT: ['JWT', 'ERR_CREDENTIALS_MISSING'],
    'one that begins like it': ['BearerX', 'ERR_CREDENTIALS_MISSING'],
    'one that ends like it': ['XBearer', 'ERR_CREDENTIALS_MISSING'],
    'one with a dash': ['Bearer-JWT', 'ERR_CREDENTIALS_MISSING'],
    'the same twice': ['Bearer Bearer', 'ERR_CREDENTIALS_MALFORMED'],
    'one in another alphabet': ['\u0412earer', 'ERR_CREDENTIALS_MALFORMED'],
    'one with a colon': ['Bearer:', 'ERR_CREDENTIALS_MALFORMED'],
    'one in quotes': ['"Bearer"', 'ERR_CREDENTIALS_MALFORMED'],
  } as const,
  'takes everywhere no token that comes with another scheme: %s',
  async ([scheme, code]) => {
    const { authorizationServer, refuses } = everywhere()
    const token = await authorizationServer.mint()
    await refuses({ attack: inHeader(`${scheme} ${token}`), twin: token, code })
  },
)

rule(
  'HTTP-06',
  'takes a token without a scheme for a scheme, and a scheme without a token for none',
  async () => {
    const { authorizationServer, refuses } = everywhere()
    const twin = await authorizationServer.mint()
    await refuses({ attack: inHeader(twin), twin, code: 'ERR_CREDENTIALS_MISSING' })
    await refuses({ attack: inHeader('Bearer'), twin, code: 'ERR_CREDENTIALS_MALFORMED' })
  },
)

ruleForEach(
  'HTTP-08',
  { 'lower case': 'bearer', 'upper case': 'BEARER', 'any case': 'bEaReR', 'a space more': 'Bearer ' },
  'accepts everywhere the scheme in %s',
  async (scheme) => {
    const { authorizationServer, accepts, refuses } = everywhere()
    await accepts(inHeader(`${scheme} ${await authorizationServer.mint()}`))
    const attack = inHeader(`${scheme} ${await authorizationServer.mint({ exp: 1 })}`)
    await refuses({ attack, code: 'ERR_TOKEN_EXPIRED', asks: 'keys' })
  },
)

ruleForEach(
  ['HTTP-12', 'HTTP-14'],
  {
    'a cookie': (token: string) => [
      ['Cookie', `access_token=${token}; token=${token}; Authorization=${token}`],
    ],
    'a cookie with a scheme': (token: string) => [['Cookie', `authorization="Bearer ${token}"`]],
    'fields of a gateway': () => [
      ['X-Userinfo', 'eyJzdWIiOiJhZG1pbiJ9'],
      ['X-Auth-Claims', '{"sub":"admin"}'],
      ['X-Consumer-Username', 'admin'],
      ['OIDC_CLAIM_sub', 'admin'],
    ],
    'fields of a proxy': (token: string) => [
      ['X-Forwarded-Access-Token', token],
      ['X-Forwarded-User', 'admin'],
      ['X-Remote-User', 'admin'],
      ['Remote-User', 'admin'],
    ],
    'fields of the one who signs in': (token: string) => [
      ['X-Amzn-Oidc-Accesstoken', token],
      ['X-Amzn-Oidc-Data', token],
      ['X-MS-Client-Principal', token],
      ['X-Goog-Iap-Jwt-Assertion', token],
    ],
  } satisfies Readonly<Record<string, (token: string) => readonly [string, string][]>>,
  'takes everywhere nobody to be who is named by %s',
  async (toFields: (token: string) => readonly (readonly [string, string])[]) => {
    const { authorizationServer, refuses, accepts } = everywhere()
    const token = await authorizationServer.mint({ sub: 'alice' })
    const admin = toFields(await authorizationServer.mint({ sub: 'admin' }))
    const twin = inHeader(`Bearer ${token}`, admin)
    await refuses({ attack: { fields: admin }, twin, code: 'ERR_CREDENTIALS_MISSING' })
    await accepts(twin, {}, expect.objectContaining({ subject: 'alice' }))
  },
)
