import { inspect } from 'node:util'
import { expect } from '@jest/globals'
import { optionAtFault } from '../../support/configuration.js'
import { INTROSPECTION, toJson, useIntrospectingServers } from '../../support/introspection.js'
import { judge, requestWithToken, verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { AUDIENCE } from '../../support/servers.js'

const servers = useIntrospectingServers()
const ISSUER = 'https://as.example.com'
/** Every character that an access token may have (RFC 6750, section 2.1), of which a form encodes some. */
const ODD_TOKEN = 'azAZ09-._~+/=='

/** The name of the option that a configuration with these credentials is refused for. */
const faultWith = (introspection: object): string | undefined =>
  optionAtFault({ issuer: ISSUER, audience: AUDIENCE, introspection })

rule('7662-2.1-a', 'asks with POST, and a form that brings every character of the token', async () => {
  const { authorizationServer, resourceServer, answer, questions } = servers()
  answer(undefined)
  const token = authorizationServer.mintOpaque({}, { token: ODD_TOKEN })
  expect(await verdictOn(resourceServer, token)).toBe('accepted')
  expect(await verdictOn(resourceServer, token.replace('+', '-'))).toBe('ERR_TOKEN_INACTIVE')
  const [question] = questions
  expect(question).toMatchObject({
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
  })
  expect(question?.body).toContain('token=azAZ09-._%7E%2B%2F%3D%3D')
  expect(new URLSearchParams(question?.body).getAll('token')).toEqual([ODD_TOKEN])
})

rule('7662-2.1-b', 'says that it asks about an access token, unless it is told not to', async () => {
  const { authorizationServer, introspect, answer, questions } = servers()
  answer(undefined)
  const hints: unknown[] = []
  for (const settings of [{}, { tokenTypeHint: true }, { tokenTypeHint: false }]) {
    expect(await verdictOn(introspect(settings), authorizationServer.mintOpaque())).toBe('accepted')
    hints.push(new URLSearchParams(questions.at(-1)?.body).getAll('token_type_hint'))
  }
  expect(hints).toEqual([['access_token'], ['access_token'], []])
})

ruleForEach(
  '7662-2.1-c',
  {
    'nothing at all': [{}, 'introspection.clientId'],
    'a secret alone': [{ clientSecret: 'secret' }, 'introspection.clientId'],
    'a client alone': [{ clientId: 'client' }, 'introspection.clientSecret'],
    'an empty secret': [{ clientId: 'client', clientSecret: '' }, 'introspection.clientSecret'],
    'no authentication by name': [
      { clientId: 'client', clientAuthentication: 'none' },
      'introspection.clientAuthentication',
    ],
    'a secret, and a token as well': [{ ...INTROSPECTION, accessToken: () => 'a' }, 'introspection.clientId'],
  },
  'does not start with %s for credentials at the endpoint',
  ([credentials, option]) => {
    expect(faultWith(credentials as object)).toBe(option)
    expect(faultWith(INTROSPECTION)).toBeUndefined()
    expect(faultWith({ accessToken: () => 'a' })).toBeUndefined()
  },
)

rule('7662-2.1-c', 'authenticates as the client, or with an access token of its own', async () => {
  const { authorizationServer, introspect, answer, questions } = servers()
  const active = toJson({ active: true, aud: AUDIENCE })
  answer(active)
  expect(await verdictOn(introspect(), 'opaque')).toBe('accepted')
  const own = introspect({ clientId: undefined, clientSecret: undefined, accessToken: () => 'own' })
  expect(await verdictOn(own, 'opaque')).toBe('accepted')
  const basic = Buffer.from('client:secret').toString('base64')
  expect(questions.map(({ headers }) => headers.authorization)).toEqual([`Basic ${basic}`, 'Bearer own'])
  answer(undefined)
  const wrong = introspect({ clientSecret: 'wrong' })
  expect(await verdictOn(wrong, authorizationServer.mintOpaque())).toBe('ERR_INTROSPECTION_REFUSED')
})

ruleForEach(
  '7662-2-a',
  {
    'plain http': 'http://as.example.com/introspect',
    'user information': 'https://user:password@as.example.com/introspect',
    'a fragment': 'https://as.example.com/introspect#a',
    'a file': 'file:///etc/passwd',
    'no URL': 'as.example.com/introspect',
  },
  'does not start with an endpoint that is %s',
  (endpoint) => {
    expect(faultWith({ ...INTROSPECTION, endpoint })).toBe('introspection.endpoint')
    expect(faultWith({ ...INTROSPECTION, endpoint: 'https://as.example.com/introspect' })).toBeUndefined()
  },
)

rule('7662-2-a', 'cannot be told to trust any certificate', () => {
  for (const name of ['rejectUnauthorized', 'insecure', 'tls', 'agent']) {
    expect(faultWith({ ...INTROSPECTION, [name]: false })).toBe(name)
  }
  expect(faultWith(INTROSPECTION)).toBeUndefined()
})

rule('7662-4-e', 'cannot be told to ask with GET, and never has the token in an address', async () => {
  expect(faultWith({ ...INTROSPECTION, method: 'GET' })).toBe('method')
  const { authorizationServer, resourceServer, answer, questions } = servers()
  answer(undefined)
  const token = authorizationServer.mintOpaque()
  expect(await verdictOn(resourceServer, token)).toBe('accepted')
  const [question] = questions
  expect(question?.body).toContain(token)
  expect(inspect({ ...question, body: '' })).not.toContain(token)
})

ruleForEach(
  '7662-4-e',
  {
    'is not active': toJson({ active: false }),
    'is for another API': toJson({ active: true, aud: 'https://other.example.com' }),
    'cannot be asked about': toJson({ error: 'invalid_client' }, 401),
    'is answered with an error that repeats it': (token: string) => toJson({ error: token }, 500),
    'is answered with broken JSON that repeats it': (token: string) => toJson(`{"token":"${token}"`),
  },
  'says nothing of a token that %s, nor of the secret, in what it throws and reports',
  async (given) => {
    const { introspect, answer } = servers()
    const reported: unknown[] = []
    const settings = { clientSecret: 'verySecret' }
    const resourceServer = introspect(settings, { onRefusal: (refusal) => void reported.push(refusal) })
    const token = 'opaqueTokenOfAlice'
    answer(typeof given === 'function' ? given(token) : given)
    const outcome = await judge(resourceServer, requestWithToken(token))
    if (outcome.verdict === 'accepted') throw new Error('It was accepted')
    const { error } = outcome
    const said = inspect([error, error.stack, resourceServer.answer(error), reported], {
      depth: Infinity,
      showHidden: true,
    })
    expect(said).toContain(error.code)
    expect(said).not.toContain(token)
    expect(said).not.toContain('verySecret')
    expect(said).not.toContain(Buffer.from('client:verySecret').toString('base64'))
    answer(toJson({ active: true, aud: AUDIENCE }))
    expect(await verdictOn(introspect(settings), token)).toBe('accepted')
  },
)
