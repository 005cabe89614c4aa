import { expect } from '@jest/globals'
import type { RefusalCode } from '@bearward/core'
import type { ScriptedAuthorizationServer } from '@bearward/testing'
import { requestWith } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { useEverywhere, type Row } from './support/everywhere.js'

const everywhere = useEverywhere()
const servers = useServers()

type Write = (as: ScriptedAuthorizationServer) => Promise<string> | string

/** Credentials that are no good, what they are refused with, and what that costs. */
const BAD: Readonly<Record<string, readonly [code: RefusalCode, write: Write, asks?: Row['asks']]>> = {
  'the scheme alone': ['ERR_CREDENTIALS_MALFORMED', () => 'Bearer'],
  'a comma after the scheme': ['ERR_CREDENTIALS_MALFORMED', () => 'Bearer,a'],
  'a tab after the scheme': ['ERR_CREDENTIALS_MALFORMED', () => 'Bearer\ta'],
  'an equals sign after the scheme': ['ERR_CREDENTIALS_MALFORMED', () => 'Bearer=a'],
  'two words': ['ERR_CREDENTIALS_MALFORMED', () => 'Bearer a b'],
  'an empty token in quotes': ['ERR_CREDENTIALS_MALFORMED', () => 'Bearer ""'],
  'a token of letters': ['ERR_TOKEN_MALFORMED', () => 'Bearer anonymous'],
  'a word for nothing': ['ERR_TOKEN_MALFORMED', () => 'Bearer null'],
  'another word for nothing': ['ERR_TOKEN_MALFORMED', () => 'bearer undefined'],
  'a token of dots': ['ERR_TOKEN_MALFORMED', () => 'Bearer ..'],
  'an expired token': ['ERR_TOKEN_EXPIRED', async (as) => `Bearer ${await as.mint({ exp: 1 })}`, 'keys'],
  'a token of another issuer': [
    'ERR_TOKEN_ISSUER',
    async (as) => `Bearer ${await as.mint({ iss: 'https://other.example.com' })}`,
  ],
  'a token for another audience': [
    'ERR_TOKEN_AUDIENCE',
    async (as) => `Bearer ${await as.mint({ aud: 'other' })}`,
    'keys',
  ],
  'a bad signature': [
    'ERR_TOKEN_SIGNATURE',
    async (as) => `Bearer ${await as.mint({}, { signature: 'corrupt' })}`,
    'keys',
  ],
  'no signature': ['ERR_TOKEN_ALGORITHM', async (as) => `Bearer ${await as.mint({}, { signature: 'none' })}`],
  'an unknown key': [
    'ERR_TOKEN_KEY',
    async (as) => `Bearer ${await as.mint({}, { key: 'unpublished' })}`,
    'new keys',
  ],
  'a bound token': [
    'ERR_TOKEN_SENDER_CONSTRAINED',
    async (as) => `Bearer ${await as.mint({ cnf: { jkt: 'x' } })}`,
    'keys',
  ],
  'a token that is too large': ['ERR_TOKEN_TOO_LARGE', () => `Bearer ${'a'.repeat(16_385)}`],
}

ruleForEach(
  'ERR-11',
  BAD,
  'does not take for anonymous who comes with %s, where anybody may come',
  async ([code, write, asks = 'nothing']) => {
    const { authorizationServer, refuses } = everywhere()
    const attack = { fields: [['Authorization', await write(authorizationServer)]] } as const
    await refuses({ attack, code, asks, optional: true })
  },
)

rule('ERR-11', 'takes for anonymous who comes with nothing, and nobody else', async () => {
  const { resourceServer } = servers()
  for (const request of [requestWith(), requestWith({ authorization: '' })]) {
    expect(await resourceServer.authenticate(request, { optional: true })).toBeUndefined()
    await expect(resourceServer.authenticate(request)).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS_MISSING',
    })
  }
})
