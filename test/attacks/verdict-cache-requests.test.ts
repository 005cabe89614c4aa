import { expect } from '@jest/globals'
import { recall, allScopes, claimsThat } from '@bearward/core'
import { decisionOn } from '../support/decision.js'
import { createRecallingServers, SURELY_KEPT } from '../support/recalled.js'
import { requestWith, requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { createOwnKey, putTogether, takeApart } from '../support/jws.js'

rule('VTC-01', 'finds again the verdict on the same JWT, and on no other with the same end', async () => {
  const { keep, kept, verdictOn: judge } = await createRecallingServers()
  const token = await keep({ sub: 'alice' })
  const [header = '', claims = '', signature = ''] = token.split('.')
  const tail = signature.slice(-43)
  const forged = Buffer.from(JSON.stringify({ ...JSON.parse(takeApart(token).payload), sub: 'bob' }))
  const colliding = {
    [`${header}.${forged.toString('base64url')}.${signature}`]: 'ERR_TOKEN_SIGNATURE',
    [`${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${claims}.${tail}`]:
      'ERR_TOKEN_ALGORITHM',
    [`${header}.${claims}.${'A'.repeat(43)}${tail}`]: 'ERR_TOKEN_SIGNATURE',
    [`${header}.${claims}.${tail}`]: 'ERR_TOKEN_(SIGNATURE|MALFORMED)',
    [tail]: 'ERR_TOKEN_MALFORMED',
    [`a.${tail}`]: 'ERR_TOKEN_MALFORMED',
  }
  for (const [other, code] of Object.entries(colliding)) {
    expect(other.endsWith(tail)).toBe(true)
    for (let time = 0; time < 3; time += 1) {
      expect(await judge(other)).toMatch(new RegExp(`^${code}$`))
      expect([kept(other), kept(token)?.subject]).toEqual([undefined, 'alice'])
    }
  }
})

rule('VTC-01', 'finds nothing for a JWT of which one character was changed, added or left out', async () => {
  const { keep, kept } = await createRecallingServers()
  const token = await keep()
  for (let index = 0; index < token.length; index += 1) {
    const [before, character, after] = [token.slice(0, index), token[index], token.slice(index + 1)]
    for (const other of [`${before}${after}`, `${before}${character === 'x' ? 'y' : 'x'}${after}`])
      expect(kept(other)).toBeUndefined()
  }
  for (const other of [`${token}=`, ` ${token}`, `${token} `, `${token}.`, `x${token}`, ''])
    expect(kept(other)).toBeUndefined()
  expect(kept(token)?.token).toBe(token)
})

rule(
  'VTC-02',
  'asks scopes and claims of each request, also where the verdict on a JWT is kept',
  async () => {
    const { keep, kept, resourceServer } = await createRecallingServers()
    const token = await keep({ sub: 'alice', scope: 'stats:read' })
    let predicates = 0
    const isBob = claimsThat(({ sub }) => {
      predicates += 1
      return sub === 'bob'
    })
    const requirements = [allScopes('stats:read'), allScopes('stats:write'), isBob, isBob]
    const decisions = requirements.map((requirement) => {
      const auth = kept(token)
      return auth && decisionOn(resourceServer, auth, requirement)
    })
    const insufficient = 'ERR_CLAIMS_INSUFFICIENT'
    expect(decisions).toEqual(['allowed', 'ERR_SCOPE_INSUFFICIENT', insufficient, insufficient])
    expect(predicates).toBe(2)
  },
)

ruleForEach(
  'VTC-12',
  {
    'the scheme in lower case': (token: string) => `bearer ${token}`,
    'the scheme in capitals': (token: string) => `BEARER ${token}`,
    'two spaces': (token: string) => `Bearer  ${token}`,
  },
  'takes for the same JWT one with %s',
  async (write) => {
    const { authorizationServer, keep, kept, resourceServer } = await createRecallingServers()
    const request = requestWith({ authorization: write(await keep()) })
    expect(await verdictOn(resourceServer, request)).toBe('accepted')
    const fresh = await authorizationServer.mint()
    for (let time = 0; time < SURELY_KEPT; time += 1) {
      const verdict = await verdictOn(resourceServer, requestWith({ authorization: write(fresh) }))
      expect(verdict).toBe('accepted')
    }
    expect(kept(fresh)?.token).toBe(fresh)
  },
)

ruleForEach<readonly [code: string, write: (token: string) => string | readonly string[]]>(
  'VTC-12',
  {
    'a space after it': ['ERR_CREDENTIALS_MALFORMED', (token) => `Bearer ${token} `],
    'a tab before it': ['ERR_CREDENTIALS_MALFORMED', (token) => `Bearer \t${token}`],
    'a comma and another scheme after it': [
      'ERR_CREDENTIALS_MALFORMED',
      (token) => `Bearer ${token}, Basic eDp5`,
    ],
    padding: ['ERR_TOKEN_MALFORMED', (token) => `Bearer ${token}=`],
    'itself in a second field': [
      'ERR_CREDENTIALS_REPEATED',
      (token) => [`Bearer ${token}`, `Bearer ${token}`],
    ],
    'Basic in a second field': ['ERR_CREDENTIALS_REPEATED', (token) => [`Bearer ${token}`, 'Basic eDp5']],
    'an empty second field': ['ERR_CREDENTIALS_REPEATED', (token) => [`Bearer ${token}`, '']],
    'another scheme': ['ERR_CREDENTIALS_MISSING', (token) => `DPoP ${token}`],
    'no scheme': ['ERR_CREDENTIALS_MISSING', (token) => token],
    'no space': ['ERR_CREDENTIALS_MISSING', (token) => `Bearer${token}`],
  },
  'does not find the verdict on a JWT with %s',
  async ([code, write]) => {
    const { keep, kept, resourceServer } = await createRecallingServers()
    const token = await keep()
    const request = requestWith({ authorization: write(token) })
    for (let time = 0; time < 3; time += 1) {
      expect(recall(resourceServer, request)).toBeUndefined()
      expect(await verdictOn(resourceServer, request)).toBe(code)
    }
    expect(kept(token)?.token).toBe(token)
  },
)

rule('VTC-02', 'asks for TLS of each request, also where the verdict is kept', async () => {
  const { authorizationServer, resourceServer } = await createRecallingServers({ requireTls: true })
  const token = await authorizationServer.mint()
  const over = (secure: boolean | undefined) => ({ ...requestWithToken(token), secure })
  for (let time = 0; time < SURELY_KEPT; time += 1) await resourceServer.authenticate(over(true))
  expect(recall(resourceServer, over(true))?.token).toBe(token)
  for (const secure of [false, undefined]) {
    expect(recall(resourceServer, over(secure))).toBeUndefined()
    expect(await verdictOn(resourceServer, over(secure))).toBe('ERR_TLS_REQUIRED')
  }
})

rule('VTC-02', 'looks for credentials in the body as well, also where the verdict is kept', async () => {
  const { authorizationServer, resourceServer } = await createRecallingServers({
    bearerMethods: ['body', 'header'],
  })
  const token = await authorizationServer.mint()
  const bodies: Readonly<Record<string, object>> = {
    accepted: {},
    ERR_CREDENTIALS_REPEATED: { access_token: token },
  }
  for (const code of ['accepted', 'accepted', 'accepted', 'ERR_CREDENTIALS_REPEATED', 'accepted']) {
    const form = () => ({ ...bodies[code] })
    const request = { ...requestWithToken(token), method: 'POST', form }
    expect(await verdictOn(resourceServer, request)).toBe(code)
  }
})

rule('VTC-02', 'reads the token where the application reads it, and nowhere else', async () => {
  let found: string | undefined
  const { authorizationServer, resourceServer } = await createRecallingServers({
    readAccessToken: () => found,
  })
  const token = await authorizationServer.mint()
  const request = requestWithToken(token)
  for (const [given, code] of [
    [token, 'accepted'],
    [token, 'accepted'],
    [token, 'accepted'],
    [undefined, 'ERR_CREDENTIALS_MISSING'],
    ['a.b.c', 'ERR_TOKEN_MALFORMED'],
  ] as const) {
    found = given
    expect(await verdictOn(resourceServer, request)).toBe(code)
    expect(recall(resourceServer, request)).toBeUndefined()
  }
})

rule('VTC-02', 'lets `optional` pass nobody but who sends nothing', async () => {
  const { keep, resourceServer } = await createRecallingServers()
  const token = await keep({ sub: 'alice' })
  const optional = { optional: true }
  expect((await resourceServer.authenticate(requestWithToken(token), optional))?.subject).toBe('alice')
  expect(await resourceServer.authenticate(requestWith(), optional)).toBeUndefined()
  const other = requestWithToken(`${token}x`)
  await expect(resourceServer.authenticate(other, optional)).rejects.toMatchObject({ status: 401 })
})

rule('VTC-01', 'keeps apart two JWTs that two keys signed with the same end of a signature', async () => {
  const { authorizationServer, resourceServer, keep, kept } = await createRecallingServers()
  const token = await keep()
  const own = createOwnKey('P-256')
  const { payload, signature } = takeApart(token)
  const forged = putTogether({ alg: 'ES256', typ: 'at+jwt', kid: 'own' }, payload, signature)
  authorizationServer.publish([...authorizationServer.keySet().keys, own.jwk])
  expect(await verdictOn(resourceServer, forged)).toMatch(/^ERR_TOKEN_(KEY|SIGNATURE)$/)
  expect(kept(forged)).toBeUndefined()
})
