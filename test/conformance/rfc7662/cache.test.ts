import { expect } from '@jest/globals'
import { toDigest } from '../../../packages/core/src/token/introspection-verdicts.js'
import { createIntrospectingServers } from '../../support/introspection.js'
import { rule, ruleForEach } from '../../support/rule.js'

rule('7662-4-a', 'asks again at exp, however long a verdict may be kept', async () => {
  const { clock, mint, verdictOn, asked } = await createIntrospectingServers()
  const token = mint({ exp: clock.now() + 5 })
  const lasting = mint({ exp: clock.now() + 500 })
  for (const each of [token, lasting]) expect(await verdictOn(each)).toBe('accepted')
  await clock.advance(4.9)
  for (const each of [token, lasting]) expect(await verdictOn(each)).toBe('accepted')
  expect(asked()).toBe(2)
  await clock.advance(0.1)
  expect(await verdictOn(token)).toBe('ERR_TOKEN_INACTIVE')
  expect(await verdictOn(lasting)).toBe('accepted')
  expect(asked()).toBe(3)
})

rule('7662-4-a', 'refuses a token past exp, whatever the server goes on to say', async () => {
  const { clock, mint, verdictOn, asked } = await createIntrospectingServers()
  const token = mint({ exp: clock.now() + 5 }, { staysActive: true })
  expect(await verdictOn(token)).toBe('accepted')
  await clock.advance(9.9) // within the tolerance for clocks
  expect(await verdictOn(token)).toBe('accepted')
  await clock.advance(0.1)
  expect(await verdictOn(token)).toBe('ERR_TOKEN_EXPIRED')
  expect(asked()).toBe(3)
})

ruleForEach(
  '7662-4-b',
  {
    'for 60 seconds': [{}, 60],
    'for as long as it is told': [{ cache: { maxAge: 300 } }, 300],
    'for 60 seconds where it is told to forget sooner that a token is not active': [
      { cache: { inactiveMaxAge: 0 } },
      60,
    ],
  } as const,
  'keeps the verdict on an active token %s',
  async ([settings, age]) => {
    const { clock, mint, verdictOn, asked, authorizationServer } = await createIntrospectingServers(settings)
    const token = mint({ exp: clock.now() + 3_600 })
    expect(await verdictOn(token)).toBe('accepted')
    authorizationServer.revoke(token)
    await clock.advance(age - 0.1)
    expect([await verdictOn(token), asked()]).toEqual(['accepted', 1])
    await clock.advance(0.1)
    expect([await verdictOn(token), asked()]).toEqual(['ERR_TOKEN_INACTIVE', 2])
  },
)

rule('7662-4-b', 'keeps no verdict where it is told so: one question for each request', async () => {
  const { authorizationServer, mint, verdictOn, asked } = await createIntrospectingServers({
    cache: { maxAge: 0 },
  })
  const token = mint()
  for (const questions of [1, 2, 3])
    expect([await verdictOn(token), asked()]).toEqual(['accepted', questions])
  authorizationServer.revoke(token)
  expect(await verdictOn(token)).toBe('ERR_TOKEN_INACTIVE')
})

ruleForEach(
  ['7662-4-b', '7662-4-c'],
  { '5 seconds': [{}, 5], 'as long as it is told': [{ cache: { inactiveMaxAge: 30 } }, 30] } as const,
  'keeps for %s that a token is not active',
  async ([settings, age]) => {
    const { clock, mint, verdictOn, asked } = await createIntrospectingServers(settings)
    expect(await verdictOn('later')).toBe('ERR_TOKEN_INACTIVE')
    mint({}, { token: 'later' })
    await clock.advance(age - 0.1)
    expect([await verdictOn('later'), asked()]).toEqual(['ERR_TOKEN_INACTIVE', 1])
    await clock.advance(0.1)
    expect([await verdictOn('later'), asked()]).toEqual(['accepted', 2])
  },
)

rule('7662-4-c', 'knows a token by its SHA-256 alone: the whole of it counts, and none is kept', () => {
  const key = toDigest('secret-of-alice')
  expect(key).toBe('LmNYHzrTEOxtBM4PatuW06eAhyLasWEkhkhhkAhgE/Y=')
  expect(toDigest('secret-of-alic')).not.toBe(key)
  expect(toDigest('Secret-of-alice')).not.toBe(key)
})

rule(
  '7662-4-c',
  'shares no verdict between an API that accepts no audience at all and one that does',
  async () => {
    const lenient = await createIntrospectingServers({ dangerouslyAcceptMissingAudience: true })
    const strict = await createIntrospectingServers()
    for (const { mint } of [lenient, strict]) mint({ aud: undefined }, { token: 'same' })
    expect(await lenient.verdictOn('same')).toBe('accepted')
    expect(await strict.verdictOn('same')).toBe('ERR_TOKEN_CLAIM_MISSING')
    expect([lenient.asked(), strict.asked()]).toEqual([1, 1])
  },
)

rule('7662-4-d', 'asks once for many requests with one token at a time', async () => {
  const { clock, authorizationServer, mint, verdictOn, asked } = await createIntrospectingServers()
  authorizationServer.behave('introspection', { delay: 1 })
  const tokens = [mint(), 'unknown']
  const verdicts = tokens.map((token) => Promise.all(Array.from({ length: 20 }, () => verdictOn(token))))
  await clock.advance(1)
  const [good = [], bad = []] = await Promise.all(verdicts)
  expect([[...new Set(good)], [...new Set(bad)]]).toEqual([['accepted'], ['ERR_TOKEN_INACTIVE']])
  expect(asked()).toBe(2)
})

rule('7662-4-d', 'shares a failure with those alone who wait for it', async () => {
  const { clock, authorizationServer, mint, verdictOn, asked } = await createIntrospectingServers()
  authorizationServer.behave('introspection', [{ delay: 1, fault: 'server-error' }, {}])
  const token = mint()
  const early = Array.from({ length: 20 }, () => verdictOn(token))
  await clock.advance(1)
  expect([...new Set(await Promise.all(early))]).toEqual(['ERR_AUTHORIZATION_SERVER_RESPONSE'])
  expect([await verdictOn(token), asked()]).toEqual(['accepted', 2])
})
