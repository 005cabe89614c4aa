import { expect } from '@jest/globals'
import { putTogether, takeApart } from '../support/jws.js'
import { judge, requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere()
const servers = useServers()

const LOOK_ALIKES: Readonly<Record<string, (token: string) => string>> = {
  'whose last claim is another': (token) => {
    const { header, payload, signature } = takeApart(token)
    return putTogether(header, payload.replace('"role":"user"', '"role":"root"'), signature)
  },
  'whose signature is another in its last byte': (token) => {
    const { header, payload, signature } = takeApart(token)
    const changed = signature.map((byte, index) => (index === signature.length - 1 ? byte ^ 1 : byte))
    return putTogether(header, payload, changed)
  },
  'whose header has a space more': (token) => {
    const { header, payload, signature } = takeApart(token)
    return putTogether(header.replace(/}$/, ' }'), payload, signature)
  },
  'whose payload has a space more': (token) => {
    const { header, payload, signature } = takeApart(token)
    return putTogether(header, payload.replace(/}$/, ' }'), signature)
  },
}

ruleForEach(
  'SIG-10',
  LOOK_ALIKES,
  'verifies a token in full that looks like an accepted one, but %s',
  async (change) => {
    const twin = await everywhere().authorizationServer.mint({ filler: 'x'.repeat(2_000), role: 'user' })
    const attack = change(twin)
    expect(attack).not.toBe(twin)
    await everywhere().refuses({ attack, twin, code: 'ERR_TOKEN_SIGNATURE', asks: 'keys' })
  },
)

rule('SIG-10', 'refuses the body of one good token under the header and signature of another', async () => {
  const { authorizationServer, resourceServer } = servers()
  const user = await authorizationServer.mint({ sub: 'user' })
  const admin = await authorizationServer.mint({ sub: 'admin' })
  expect(await verdictOn(resourceServer, user)).toBe('accepted')
  expect(await verdictOn(resourceServer, admin)).toBe('accepted')
  const [header, , signature] = user.split('.')
  const mixed = [header, admin.split('.')[1], signature].join('.')
  expect(await verdictOn(resourceServer, mixed)).toBe('ERR_TOKEN_SIGNATURE')
})

rule('SIG-10', 'hands each of two accepted tokens its own claims, also at the same time', async () => {
  const { authorizationServer, resourceServer } = servers()
  const subjects = Array.from({ length: 50 }, (_, index) => `user-${String(index)}`)
  const tokens = await Promise.all(subjects.map((sub) => authorizationServer.mint({ sub })))
  const outcomes = await Promise.all(tokens.map((token) => judge(resourceServer, requestWithToken(token))))
  expect(outcomes).toMatchObject(subjects.map((subject) => ({ verdict: 'accepted', auth: { subject } })))
})
