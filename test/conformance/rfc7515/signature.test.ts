import { expect } from '@jest/globals'
import { createOwnKey, putTogether, takeApart } from '../../support/jws.js'
import { judge, requestWithToken, verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers({ algorithms: ['ES256', 'RS256', 'PS256', 'Ed25519'] })

rule(
  '7515-5.2-b',
  'verifies the signature over the bytes received, whatever white space they hold',
  async () => {
    const { authorizationServer, resourceServer } = servers()
    const own = createOwnKey('P-256')
    authorizationServer.publish([own.jwk])
    const { payload } = takeApart(await authorizationServer.mint())
    const header = '{"typ":"at+jwt",\r\n "kid":"own",\r\n "alg":"ES256"}'
    const spaced = payload.replaceAll(',"', ',\r\n "').replace('client', '\\u0063lient')
    const token = own.sign(header, spaced)
    const verdict = await judge(resourceServer, requestWithToken(token))
    expect(verdict).toMatchObject({ verdict: 'accepted', auth: { subject: 'client' } })

    const { signature } = takeApart(token)
    const tidied = putTogether(header, JSON.stringify(JSON.parse(spaced)), signature)
    expect(await verdictOn(resourceServer, tidied)).toBe('ERR_TOKEN_SIGNATURE')
  },
)

ruleForEach(
  ['7515-5.2-c'],
  { RS256: 'RS256', ES256: 'ES256', PS256: 'PS256', Ed25519: 'Ed25519' } as const,
  'accepts %s where it is configured, and no other signature however good',
  async (accepted) => {
    const { authorizationServer, protect } = servers()
    const resourceServer = protect({ algorithms: [accepted] })
    for (const algorithm of ['RS256', 'PS256', 'ES256', 'Ed25519'] as const) {
      const token = await authorizationServer.mint({}, { algorithm })
      const verdict = algorithm === accepted ? 'accepted' : 'ERR_TOKEN_ALGORITHM'
      expect(await verdictOn(resourceServer, token)).toBe(verdict)
    }
  },
)

rule('7515-5.2-c', 'asks for no keys on account of an algorithm that is not configured', async () => {
  const { authorizationServer, protect } = servers()
  const resourceServer = protect({ algorithms: ['RS256'] })
  const token = await authorizationServer.mint({}, { algorithm: 'PS256' })
  expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ALGORITHM')
  expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
})

ruleForEach(
  ['7515-5.2-d', 'ALG-18'],
  { RS256: 'RS256', PS256: 'PS256', ES256: 'ES256', Ed25519: 'Ed25519' } as const,
  'refuses an %s signature that is empty, cut short, longer or changed',
  async (algorithm) => {
    const { authorizationServer, resourceServer } = servers()
    const token = await authorizationServer.mint({}, { algorithm })
    const { header, payload, signature } = takeApart(token)
    const spoilt = {
      empty: Buffer.alloc(0),
      'one byte': signature.subarray(0, 1),
      half: signature.subarray(0, signature.length / 2),
      'without its last byte': signature.subarray(0, -1),
      'without its first byte': signature.subarray(1),
      'with a zero after it': Buffer.concat([signature, Buffer.alloc(1)]),
      'with a zero before it': Buffer.concat([Buffer.alloc(1), signature]),
      twice: Buffer.concat([signature, signature]),
      zeros: Buffer.alloc(signature.length),
      'one bit changed at its start': signature.map((byte, index) => (index === 0 ? byte ^ 1 : byte)),
      'one bit changed at its end': signature.map((byte, index) =>
        index === signature.length - 1 ? byte ^ 1 : byte,
      ),
    }
    for (const [name, changed] of Object.entries(spoilt)) {
      const verdict = await verdictOn(resourceServer, putTogether(header, payload, changed))
      expect({ name, verdict }).toEqual({ name, verdict: 'ERR_TOKEN_SIGNATURE' })
    }
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
  },
)

rule(['7515-5.2-d', 'ALG-18'], 'refuses a token with no signature at all, asking for no keys', async () => {
  const { authorizationServer, resourceServer } = servers()
  const token = await authorizationServer.mint()
  const stripped = await authorizationServer.mint({}, { signature: 'stripped' })
  expect(await verdictOn(resourceServer, stripped)).toBe('ERR_TOKEN_SIGNATURE')
  expect(await verdictOn(resourceServer, stripped.slice(0, -1))).toBe('ERR_TOKEN_MALFORMED')
  expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
  expect(await verdictOn(resourceServer, token)).toBe('accepted')
})

ruleForEach(
  '7515-5.2-d',
  { RS256: 'RS256', PS256: 'PS256', ES256: 'ES256', Ed25519: 'Ed25519' } as const,
  'refuses claims that were changed under a good %s signature',
  async (algorithm) => {
    const { authorizationServer, resourceServer } = servers()
    const token = await authorizationServer.mint({ sub: 'user-1' }, { algorithm })
    const { header, payload, signature } = takeApart(token)
    const changed = putTogether(header, payload.replace('user-1', 'user-2'), signature)
    expect(await verdictOn(resourceServer, changed)).toBe('ERR_TOKEN_SIGNATURE')
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
  },
)
