import { expect } from '@jest/globals'
import { claimsThat, type Actor, type Auth } from '@bearward/core'
import { decisionOn } from '../../support/decision.js'
import { createIntrospectingServers } from '../../support/introspection.js'
import { requestWithToken, verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'
import { verdictsOn } from '../../support/verdicts.js'

const servers = useServers()
const [SERVICE_16, SERVICE_77] = ['https://service16.example.com', 'https://service77.example.com']
/** RFC 8693, figure 6. */
const NESTED = { sub: 'user@example.com', act: { sub: SERVICE_16, act: { sub: SERVICE_77 } } }

async function authenticate(claims: Readonly<Record<string, unknown>>): Promise<Auth> {
  const { authorizationServer, resourceServer } = servers()
  return resourceServer.authenticate(requestWithToken(await authorizationServer.mint(claims)))
}

/** A chain of so many actors. */
const chain = (length: number): object => ({ sub: 'actor', ...(length > 1 && { act: chain(length - 1) }) })

rule('8693-4.1-a', 'says who acts, and who did before', async () => {
  const { subject, actor } = await authenticate(NESTED)
  expect(subject).toBe('user@example.com')
  expect(actor).toEqual({
    issuer: undefined,
    subject: SERVICE_16,
    clientId: undefined,
    claims: NESTED.act,
    actor: {
      issuer: undefined,
      subject: SERVICE_77,
      clientId: undefined,
      claims: NESTED.act.act,
      actor: undefined,
    },
  })
  expect([actor, actor?.claims, actor?.actor].map(Object.isFrozen)).toEqual([true, true, true])
})

rule('8693-4.1-a', 'lets a rule match the one that acts, and not one before', async () => {
  const auth = await authenticate(NESTED)
  const actsAs = (sub: string) =>
    claimsThat(({ act }) => typeof act === 'object' && act !== null && 'sub' in act && act.sub === sub)
  expect(decisionOn(servers().resourceServer, auth, actsAs(SERVICE_16))).toBe('allowed')
  expect(decisionOn(servers().resourceServer, auth, actsAs(SERVICE_77))).toBe('ERR_CLAIMS_INSUFFICIENT')
  expect(auth.actor?.subject).toBe(SERVICE_16)
})

rule('8693-4.1-a', 'reads the chain of what introspection says', async () => {
  const { mint, resourceServer, authorizationServer } = await createIntrospectingServers()
  const token = mint(NESTED)
  const auth = await resourceServer.authenticate(requestWithToken(token))
  expect([auth.actor?.subject, auth.actor?.actor?.subject]).toEqual([SERVICE_16, SERVICE_77])
  const jwt = await authorizationServer.mint(NESTED)
  const verified = await resourceServer.authenticate(requestWithToken(jwt))
  expect((await resourceServer.refresh(verified, { maxAge: 0 })).actor).toEqual(verified.actor)
  expect(await verdictOn(resourceServer, mint({ act: 'service' }))).toBe('ERR_TOKEN_CLAIM_INVALID')
})

ruleForEach<unknown>(
  '8693-4.1-b',
  {
    'a text': SERVICE_16,
    null: null,
    true: true,
    'a list': [{ sub: SERVICE_16 }],
    'an object that names nobody': {},
    'an actor before one that names nobody': { act: { sub: SERVICE_77 } },
    'a subject that is no text': { sub: 16 },
    'an empty subject': { sub: '' },
    'an issuer that is null': { sub: SERVICE_16, iss: null },
    'a client in a list': { client_id: ['client'] },
    'a text as the actor before': { sub: SERVICE_16, act: SERVICE_77 },
    'nobody as the actor before': { sub: SERVICE_16, act: {} },
  },
  'refuses a token whose act is %s',
  async (act) => {
    expect(await verdictsOn(servers(), { act })).toEqual(['ERR_TOKEN_CLAIM_INVALID', 'accepted'])
    expect(await verdictsOn(servers(), NESTED)).toEqual(['accepted', 'accepted'])
  },
)

rule('8693-4.1-b', 'finds no meaning in times and audiences of an actor', async () => {
  const act = { sub: SERVICE_16, exp: 1, nbf: 99_999_999_999, aud: 'https://other.example.com' }
  const { actor } = await authenticate({ act })
  expect(actor?.claims).toEqual(act)
})

rule('8693-4.1-c', 'names an actor by issuer and subject', async () => {
  const nameOf = async (act: object) => {
    const { actor }: { actor: Actor | undefined } = await authenticate({ act })
    return [actor?.issuer, actor?.subject, actor?.clientId]
  }
  expect(await nameOf({ iss: 'https://a.example.com', sub: '7' })).toEqual([
    'https://a.example.com',
    '7',
    undefined,
  ])
  expect(await nameOf({ iss: 'https://b.example.com', sub: '7', client_id: 'c' })).toEqual([
    'https://b.example.com',
    '7',
    'c',
  ])
})

rule('8693-4.1-d', 'follows a chain of ten, and refuses a longer one', async () => {
  expect(await verdictsOn(servers(), { act: chain(10) })).toEqual(['accepted', 'accepted'])
  for (const length of [11, 25]) {
    expect(await verdictsOn(servers(), { act: chain(length) })).toEqual([
      'ERR_TOKEN_CLAIM_INVALID',
      'accepted',
    ])
  }
  expect(await verdictsOn(servers(), { act: chain(50) })).toEqual(['ERR_TOKEN_MALFORMED', 'accepted'])
})

rule('8693-4.1-d', 'accepts delegated tokens, unless the application says that it does not', async () => {
  const notDelegated = claimsThat((claims) => claims.act === undefined)
  const { resourceServer } = servers()
  expect(decisionOn(resourceServer, await authenticate(NESTED), notDelegated)).toBe('ERR_CLAIMS_INSUFFICIENT')
  const direct = await authenticate({ sub: 'user@example.com' })
  expect(decisionOn(resourceServer, direct, notDelegated)).toBe('allowed')
  expect(direct.actor).toBeUndefined()
})

rule('8693-4.4-a', 'takes may_act for no actor and no right', async () => {
  const auth = await authenticate({ sub: 'user', client_id: 'client', may_act: { sub: 'client' } })
  expect([auth.actor, auth.subject, auth.clientId]).toEqual([undefined, 'user', 'client'])
  const without = await authenticate({ sub: 'user', client_id: 'client' })
  expect(auth.scopes).toEqual(without.scopes)
})
