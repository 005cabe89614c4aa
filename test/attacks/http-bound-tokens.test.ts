import { beforeEach, describe, expect } from '@jest/globals'
import { ADAPTERS, type Api } from '../support/apis.js'
import { sendRaw, type RawResponse } from '../support/raw.js'
import { NO_CREDENTIALS, readRefusal, SENDER_CONSTRAINED } from '../support/refusal.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const THUMBPRINT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
const PEM = '-----BEGIN%20CERTIFICATE-----%0AMIIB%0A-----END%20CERTIFICATE-----'
const servers = useServers()

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

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  let api: Api
  beforeEach(() => {
    api = createApi(servers().resourceServer)
  })

  const send = async (
    claims: Record<string, unknown>,
    fields: readonly (readonly [string, string])[] = [],
    scheme = 'Bearer',
  ): Promise<RawResponse> => {
    const token = await servers().authorizationServer.mint(claims)
    return sendRaw(api.listener, { fields: [['Authorization', `${scheme} ${token}`], ...fields] })
  }

  ruleForEach(
    'DPOP-01',
    {
      'a key': { jkt: THUMBPRINT },
      'a key and a certificate': { jkt: THUMBPRINT, 'x5t#S256': THUMBPRINT },
      'something unknown': { kid: 'x' },
      nothing: {},
      'no object': null,
    },
    'refuses a token that is bound to %s and sent as Bearer',
    async (cnf) => {
      expect(readRefusal(await send({ cnf }))).toEqual(SENDER_CONSTRAINED)
      const proof = [['DPoP', await servers().authorizationServer.mint()]] as const
      expect(readRefusal(await send({ cnf }, proof))).toEqual(SENDER_CONSTRAINED)
      expect(api.handled()).toBe(0)
      expect((await send({})).status).toBe(200)
    },
  )

  rule('DPOP-01', 'takes a token that is sent as DPoP for no credentials', async () => {
    const proof = [['DPoP', await servers().authorizationServer.mint()]] as const
    for (const claims of [{ cnf: { jkt: THUMBPRINT } }, {}]) {
      expect(readRefusal(await send(claims, proof, 'DPoP'))).toEqual(NO_CREDENTIALS)
    }
    expect(api.handled()).toBe(0)
    expect((await send({}, proof)).status).toBe(200)
  })

  ruleForEach(
    'MTLS-03',
    Object.fromEntries(CERTIFICATE_FIELDS.map((field) => [field[0], field])),
    'does not believe a client that names its certificate in the field %s',
    async (field) => {
      const cnf = { 'x5t#S256': THUMBPRINT }
      expect(readRefusal(await send({ cnf }))).toEqual(SENDER_CONSTRAINED)
      expect(readRefusal(await send({ cnf }, [field]))).toEqual(SENDER_CONSTRAINED)
      expect(readRefusal(await send({ cnf }, [field, field]))).toEqual(SENDER_CONSTRAINED)
      expect(readRefusal(await sendRaw(api.listener, { fields: [field] }))).toEqual(NO_CREDENTIALS)
      expect(api.handled()).toBe(0)
      expect((await send({}, [field])).status).toBe(200)
    },
  )
})
