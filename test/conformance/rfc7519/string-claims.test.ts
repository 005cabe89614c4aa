import { expect } from '@jest/globals'
import { judge, requestWithToken, verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'
import { verdictsOn } from '../../support/verdicts.js'

const servers = useServers()

const NO_STRINGS = {
  'a number': 5,
  true: true,
  null: null,
  'an array with a string': ['alice'],
  'an object': { value: 'alice' },
  'an empty string': '',
}

ruleForEach('7519-4.1.2-a', NO_STRINGS, 'refuses %s as sub', async (sub) => {
  expect(await verdictsOn(servers(), { sub })).toEqual(['ERR_TOKEN_CLAIM_INVALID', 'accepted'])
})

ruleForEach('7519-4.1.7-a', NO_STRINGS, 'refuses %s as jti', async (jti) => {
  expect(await verdictsOn(servers(), { jti })).toEqual(['ERR_TOKEN_CLAIM_INVALID', 'accepted'])
})

rule(['7519-4.1.2-a', '7519-4.1.7-a'], 'hands sub and jti on as they are, case and all', async () => {
  const { authorizationServer, resourceServer } = servers()
  const token = await authorizationServer.mint({ sub: 'Älice ', jti: 'aBc' })
  const verdict = await judge(resourceServer, requestWithToken(token))
  expect(verdict).toMatchObject({
    verdict: 'accepted',
    auth: { subject: 'Älice ', claims: { sub: 'Älice ', jti: 'aBc' } },
  })
})

rule('7519-4.1.7-a', 'accepts the same jti again, and one that differs in case', async () => {
  const { authorizationServer, resourceServer } = servers()
  for (const jti of ['aBc', 'aBc', 'abc']) {
    expect(await verdictOn(resourceServer, await authorizationServer.mint({ jti }))).toBe('accepted')
  }
})
