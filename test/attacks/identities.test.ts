import { expect } from '@jest/globals'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere()

ruleForEach(
  'JSON-05',
  {
    'half a character': '\ud800',
    'a NUL': 'admin\0',
    'full-width letters': '\uff41dmin',
    'a composed letter': 'jos\u00e9',
    'a decomposed letter': 'jose\u0301',
    'a character of no width': 'ad\u200bmin',
    'a space at its end': 'admin ',
    'a line break': 'admin\n',
    'a character beyond the first plane': '\u{1f43b}',
    'the name __proto__': '__proto__',
  },
  'hands over everywhere a subject with %s as it is',
  async (subject) => {
    const { authorizationServer, accepts } = everywhere()
    const token = await authorizationServer.mint({ sub: subject, client_id: subject })
    await accepts(token, {}, expect.objectContaining({ subject, clientId: subject }))
  },
)

rule('CLAIM-06', 'finds everywhere its audience last among many, and looks at no endless list', async () => {
  const { authorizationServer, refuses } = everywhere()
  const many = (count: number) => [
    ...Array.from({ length: count }, (_, index) => `urn:${String(index)}`),
    AUDIENCE,
  ]
  const [attack, twin] = await Promise.all(
    [2_000, 500].map((count) => authorizationServer.mint({ aud: many(count) })),
  )
  await refuses({ attack: attack ?? '', twin: twin ?? '', code: 'ERR_TOKEN_TOO_LARGE' })
})

rule(
  ['CLAIM-14', 'CLAIM-17'],
  'requires everywhere the claims that it is told to, as own members',
  async () => {
    const { authorizationServer, refuses } = everywhere()
    for (const [name, value] of [
      ['client_id', 'trusted'],
      ['constructor', 'x'],
      ['toString', 'x'],
    ] as const) {
      const options = { profile: { requiredClaims: { [name]: value } } }
      const [attack, twin] = [
        await authorizationServer.mint(),
        await authorizationServer.mint({ [name]: value }),
      ]
      await refuses({ attack, twin, options, code: 'ERR_TOKEN_CLAIM_INVALID', asks: 'keys' })
    }
  },
)

rule('SCOPE-05', 'reads everywhere the scopes from the one claim that is configured', async () => {
  const { authorizationServer, refuses } = everywhere()
  const others = { scp: ['admin'], scopes: 'admin', permissions: ['admin'], roles: ['admin'] }
  const row = { requires: ['admin'], code: 'ERR_SCOPE_INSUFFICIENT', asks: 'keys' } as const
  const twin = await authorizationServer.mint({ ...others, scope: 'admin' })
  for (const scope of [undefined, '', 'read']) {
    await refuses({ ...row, attack: await authorizationServer.mint({ ...others, scope }), twin })
  }
  const options = { scopesFrom: ['scp', 'scope'] }
  const joined = await authorizationServer.mint({ scp: ['read'], scope: 'admin' })
  await refuses({ ...row, options, attack: joined, twin: await authorizationServer.mint({ scp: ['admin'] }) })
})
