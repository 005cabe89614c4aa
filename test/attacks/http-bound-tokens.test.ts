import { createHash } from 'node:crypto'
import { expect } from '@jest/globals'
import { optionAtFault } from '../support/configuration.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'
import { useEverywhere } from './support/everywhere.js'

type Fields = readonly (readonly [name: string, value: string])[]

const THUMBPRINT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
const PEM = '-----BEGIN%20CERTIFICATE-----%0AMIIB%0A-----END%20CERTIFICATE-----'
const everywhere = useEverywhere()

/** Confirmations, by what the token is bound to. */
const CONFIRMATIONS: Readonly<Record<string, unknown>> = {
  'a key': { jkt: THUMBPRINT },
  'a key, and says more of it': { jkt: THUMBPRINT, 'kc-jkt-type': 'x' },
  'a key and a certificate': { jkt: THUMBPRINT, 'x5t#S256': THUMBPRINT },
  'something unknown': { kid: 'x' },
  nothing: {},
  'no object': null,
  'a text': 'jkt',
  false: false,
}

/** Mints a token, and makes the fields of a request of it, with a scheme and perhaps more. */
async function fieldsWith(claims: object, more: Fields = [], scheme = 'Bearer'): Promise<{ fields: Fields }> {
  const token = await everywhere().authorizationServer.mint({ ...claims })
  return { fields: [['Authorization', `${scheme} ${token}`], ...more] }
}

/** A proof as RFC 9449, section 4.2, has it, signed with the key of the authorization server: as good as can be. */
const mintProof = async (token: string): Promise<string> =>
  everywhere().authorizationServer.mint(
    {
      htm: 'GET',
      htu: 'http://api.example.com/me',
      ath: createHash('sha256').update(token).digest('base64url'),
    },
    { header: { typ: 'dpop+jwt', jwk: everywhere().authorizationServer.keySet().keys[0] } },
  )

ruleForEach(
  'DPOP-01',
  CONFIRMATIONS,
  'refuses everywhere a token that is bound to %s and sent as Bearer, with a proof or without',
  async (cnf) => {
    const { authorizationServer, refuses } = everywhere()
    const attack = await authorizationServer.mint({ cnf })
    await refuses({ attack, code: 'ERR_TOKEN_SENDER_CONSTRAINED', asks: 'keys' })
    const proof = [['DPoP', await mintProof(attack)]] as const
    const fields = [['Authorization', `Bearer ${attack}`], ...proof] as const
    const twin = await fieldsWith({}, proof)
    await refuses({ attack: { fields }, twin, code: 'ERR_TOKEN_SENDER_CONSTRAINED', asks: 'keys' })
  },
)

ruleForEach(
  ['DPOP-03', 'DPOP-32'],
  {
    'as it is written': 'DPoP',
    'in lower case': 'dpop',
    'in upper case': 'DPOP',
    'and a space more': 'DPoP ',
  },
  'takes everywhere for no credentials what comes with the scheme DPoP, %s, bound or not',
  async (scheme) => {
    const { authorizationServer, refuses } = everywhere()
    for (const claims of [{ cnf: { jkt: THUMBPRINT } }, {}]) {
      const token = await authorizationServer.mint(claims)
      const proof = [['DPoP', await mintProof(token)]] as const
      const fields = [['Authorization', `${scheme} ${token}`], ...proof] as const
      const twin = await fieldsWith({}, proof)
      await refuses({ attack: { fields }, twin, code: 'ERR_CREDENTIALS_MISSING' })
    }
  },
)

rule('DPOP-29', 'takes no proof for an access token, and no access token for a proof', async () => {
  const { authorizationServer, refuses } = everywhere()
  const token = await authorizationServer.mint()
  const proof = await mintProof(token)
  await refuses({ attack: proof, code: 'ERR_TOKEN_TYPE' })
  const fields = [
    ['Authorization', `Bearer ${proof}`],
    ['DPoP', token],
  ] as const
  await refuses({ attack: { fields }, twin: await fieldsWith({}, [['DPoP', token]]), code: 'ERR_TOKEN_TYPE' })
  await refuses({ attack: { fields: [['DPoP', token]] }, code: 'ERR_CREDENTIALS_MISSING' })
})

ruleForEach(
  ['MTLS-01', 'MTLS-08'],
  {
    'by SHA-256': { 'x5t#S256': THUMBPRINT },
    'by SHA-1': { x5t: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA' },
    'by nothing that can be read': { 'x5t#S256': '' },
  },
  'refuses everywhere a token that is bound to a certificate %s, which nobody could show it yet',
  async (cnf) => {
    const attack = await everywhere().authorizationServer.mint({ cnf })
    await everywhere().refuses({ attack, code: 'ERR_TOKEN_SENDER_CONSTRAINED', asks: 'keys' })
    const options = { issuer: 'https://as.example.com', audience: AUDIENCE }
    expect(optionAtFault({ ...options, dangerouslyIgnoreConfirmation: true })).toBe(
      'dangerouslyIgnoreConfirmation',
    )
  },
)

/** Fields in which proxies say what certificate the client has, and clients may say so, too. */
const CERTIFICATE_FIELDS = [
  ['Client-Cert', ':MIIB:'],
  ['X-SSL-Client-Cert', PEM],
  ['X-Client-Cert', PEM],
  ['SSL-Client-Cert', PEM],
  ['X-Forwarded-Client-Cert', `Hash=${THUMBPRINT};Cert="${PEM}"`],
  ['X-Forwarded-Tls-Client-Cert', 'MIIB'],
  ['X-ARR-ClientCert', 'MIIB'],
  ['X-SSL-Client-Verify', 'SUCCESS'],
] as const

ruleForEach(
  'MTLS-03',
  Object.fromEntries(CERTIFICATE_FIELDS.map((field) => [field[0], field])),
  'does not believe a client that names its certificate in the field %s',
  async (field) => {
    const cnf = { 'x5t#S256': THUMBPRINT }
    const { refuses } = everywhere()
    for (const more of [[field], [field, field]]) {
      const attack = await fieldsWith({ cnf }, more)
      const twin = await fieldsWith({}, more)
      await refuses({ attack, twin, code: 'ERR_TOKEN_SENDER_CONSTRAINED', asks: 'keys' })
    }
    const twin = await fieldsWith({}, [field])
    await refuses({ attack: { fields: [field] }, twin, code: 'ERR_CREDENTIALS_MISSING' })
  },
)
