import { beforeAll, expect } from '@jest/globals'
import { createScriptedAuthorizationServer, type ScriptedAuthorizationServer } from '@bearward/testing'
import { createOwnKey } from '../support/jws.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere()
let other: ScriptedAuthorizationServer
beforeAll(async () => {
  other = await createScriptedAuthorizationServer({
    clock: everywhere().clock,
    issuer: 'https://other.example.com',
  })
})

/** Both issuers, as options. Requests to the other one do not count. */
const both = () => [everywhere().authorizationServer, other].map(({ issuer, fetch }) => ({ issuer, fetch }))

ruleForEach(
  ['ISS-01', 'ISS-05', 'ISS-06'],
  Object.fromEntries(
    [
      'http://169.254.169.254/latest/meta-data',
      'http://127.0.0.1:9',
      'file:///etc/passwd',
      'https://evil.example',
      'https://as.example.com@evil.example',
      'https://as.example.com/../evil',
      'data:application/json,{}',
      '',
    ].map((iss) => [iss === '' ? 'that is empty' : iss, iss]),
  ),
  'asks nobody for a token of an issuer that it does not know: %s',
  async (iss) => {
    const attacker = createOwnKey('P-256')
    const { authorizationServer, refuses } = everywhere()
    const attack = await attacker.mint(authorizationServer, { claims: { iss } })
    await refuses({ attack, code: 'ERR_TOKEN_ISSUER' })
    await refuses({ attack, code: 'ERR_TOKEN_ISSUER', issuers: both() })
  },
)

rule('ISS-02', 'believes everywhere no issuer under the key of another one', async () => {
  const { authorizationServer, refuses } = everywhere()
  const attack = await authorizationServer.mint({ iss: other.issuer })
  await refuses({ attack, issuers: both(), code: 'ERR_TOKEN_KEY' })
  const kid = String(other.keySet().keys[0]?.kid)
  const named = await authorizationServer.mint({ iss: other.issuer }, { kid })
  await refuses({ attack: named, twin: await other.mint(), issuers: both(), code: 'ERR_TOKEN_SIGNATURE' })
})

rule(
  ['ISS-03', 'CLAIM-16'],
  'chooses everywhere the key by the issuer where names of keys are shared',
  async () => {
    const { authorizationServer, refuses, accepts } = everywhere()
    const [own, others] = [createOwnKey('P-256', 'shared'), createOwnKey('P-256', 'shared')]
    authorizationServer.publish([own.jwk])
    other.publish([others.jwk])
    const alice = { claims: { sub: 'alice' } }
    const [good, foreign] = [await own.mint(authorizationServer, alice), await others.mint(other, alice)]
    await accepts(good, { issuers: both() }, expect.objectContaining({ subject: 'alice' }))
    const attack = await others.mint(authorizationServer, alice)
    await refuses({ attack, twin: good, issuers: both(), code: 'ERR_TOKEN_SIGNATURE', asks: 'keys' })
    const crossed = await own.mint(other, alice)
    await refuses({ attack: crossed, twin: foreign, issuers: both(), code: 'ERR_TOKEN_SIGNATURE' })
    other.publish(undefined)
  },
)

ruleForEach(
  'ISS-07',
  {
    audience: [{ audience: 'https://b.example.com' }, 'ERR_TOKEN_AUDIENCE'],
    algorithms: [{ algorithms: ['RS256'] }, 'ERR_TOKEN_ALGORITHM'],
    profile: [{ profile: 'cognito' }, 'ERR_TOKEN_TYPE'],
    age: [{ maxTokenAge: 0, clockTolerance: 0 }, 'ERR_TOKEN_TOO_OLD'],
  } as const,
  'judges everywhere a token by the options of its own issuer: %s',
  async ([options, code]) => {
    const { clock, refuses } = everywhere()
    const [own, strict] = both()
    if (own === undefined || strict === undefined) throw new Error('There are two issuers')
    const attack = await other.mint({ iat: clock.now() - 2 })
    await refuses({ attack, issuers: [own, { ...strict, ...options }], code })
  },
)

rule('ISS-12', 'has everywhere no second way for a token that is no JWT', async () => {
  const attack = everywhere().authorizationServer.mintOpaque()
  await everywhere().refuses({ attack, code: 'ERR_TOKEN_MALFORMED' })
})
