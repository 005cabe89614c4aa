import { expect } from '@jest/globals'
import { createProof, createProofKey } from '@bearward/testing'
import { createMemoryReplayStore } from '../../packages/core/src/binding/replay.js'
import { describeBoundApis, fieldsOf } from '../support/bound-apis.js'
import { DPOP, ORIGIN, SECRET } from '../support/dpop.js'
import { createManualClock } from '../support/manual-clock.js'
import { rule, ruleForEach } from '../support/rule.js'

const P256_ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')

/** The other signature of the same text that verifies: r, and the order of the curve less s. */
function otherSignature(proof: string): string {
  const [header = '', payload = '', signature = ''] = proof.split('.')
  const bytes = Buffer.from(signature, 'base64url')
  const s = P256_ORDER - BigInt(`0x${bytes.subarray(32).toString('hex')}`)
  const other = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')])
  return [header, payload, other.toString('base64url')].join('.')
}

describeBoundApis({ dpop: DPOP }, (bound) => {
  const prove = (token: string, claims = {}) =>
    createProof(bound().key, { url: `${ORIGIN}/me`, token }, { claims })

  rule('DPOP-20', 'accepts a proof once, whatever else is new in the request', async () => {
    const { api, codes, mintBound, send } = bound()
    const token = await mintBound()
    const proof = await prove(token)
    expect((await send({ fields: fieldsOf(token, proof) })).status).toBe(200)
    const query = { target: '/me?again', fields: [...fieldsOf(token, proof), ['X-Again', '1'] as const] }
    expect((await send(query)).status).toBe(401)
    expect((await send({ fields: fieldsOf(token, proof) })).status).toBe(401)
    expect(codes).toEqual(['ERR_PROOF_REPLAYED', 'ERR_PROOF_REPLAYED'])
    expect((await send({ fields: fieldsOf(token, await prove(token)) })).status).toBe(200)
    expect(api.handled()).toBe(2)
  })

  rule('DPOP-20', 'accepts one of many copies that come at once', async () => {
    const { api, mintBound, send } = bound()
    const token = await mintBound()
    const fields = fieldsOf(token, await prove(token))
    const answers = await Promise.all(Array.from({ length: 50 }, () => send({ fields })))
    expect(answers.map(({ status }) => status).sort()).toEqual([
      200,
      ...Array.from({ length: 49 }, () => 401),
    ])
    expect(api.handled()).toBe(1)
  })

  rule(
    ['DPOP-20', 'SIG-04'],
    'knows a proof by its identifier, whatever signature it comes with',
    async () => {
      const { codes, mintBound, send } = bound()
      const token = await mintBound()
      const [one, unused] = [await prove(token), await prove(token)]
      expect((await send({ fields: fieldsOf(token, otherSignature(unused)) })).status).toBe(200)
      expect((await send({ fields: fieldsOf(token, one) })).status).toBe(200)
      expect((await send({ fields: fieldsOf(token, otherSignature(one)) })).status).toBe(401)
      expect(codes).toEqual(['ERR_PROOF_REPLAYED'])
    },
  )

  ruleForEach(
    'DPOP-24',
    {
      'an unsigned proof': (proof) => proof.replace(/[^.]+$/, ''),
      'a proof with a broken signature': (proof) => proof.replace(/.{10}$/, 'AAAAAAAAAA'),
    } satisfies Record<string, (proof: string) => string>,
    'does not let %s use up an identifier',
    async (spoil) => {
      const { mintBound, send } = bound()
      const token = await mintBound()
      const proof = await prove(token)
      expect((await send({ fields: fieldsOf(token, spoil(proof)) })).status).toBe(401)
      expect((await send({ fields: fieldsOf(token, proof) })).status).toBe(200)
    },
  )

  rule('DPOP-24', 'does not let a proof for another request use up an identifier', async () => {
    const { mintBound, send } = bound()
    const token = await mintBound()
    const jti = 'the victim'
    for (const claims of [{ htu: `${ORIGIN}/x` }, { htm: 'POST' }, { ath: 'x' }, { iat: 1 }]) {
      expect((await send({ fields: fieldsOf(token, await prove(token, { jti, ...claims })) })).status).toBe(
        401,
      )
    }
    expect((await send({ fields: fieldsOf(token, await prove(token, { jti })) })).status).toBe(200)
  })

  rule('DPOP-25', 'accepts the same identifier of two clients', async () => {
    const { mintBound, send } = bound()
    const other = await createProofKey()
    const claims = { jti: 'shared' }
    const [own, foreign] = [await mintBound(), await mintBound({ cnf: { jkt: other.thumbprint } })]
    const ofOther = await createProof(other, { url: `${ORIGIN}/me`, token: foreign }, { claims })
    expect((await send({ fields: fieldsOf(own, await prove(own, claims)) })).status).toBe(200)
    expect((await send({ fields: fieldsOf(foreign, ofOther) })).status).toBe(200)
    expect((await send({ fields: fieldsOf(own, await prove(own, claims)) })).status).toBe(401)
  })

  ruleForEach(
    'DPOP-26',
    {
      missing: undefined,
      'a number': 1,
      empty: '',
      'a list': ['x'],
      null: null,
      '8 KiB long': 'x'.repeat(8_192),
    },
    'refuses an identifier that is %s',
    async (jti) => {
      const { mintBound, refuses, withProof } = bound()
      const token = await mintBound()
      await refuses(
        'ERR_PROOF_MALFORMED',
        () => withProof(token, { claims: { jti } }),
        () => withProof(token),
      )
    },
  )

  ruleForEach(
    'DPOP-26',
    { __proto__: '__proto__', constructor: 'constructor', 'with a null character': 'a\u0000b' },
    'accepts the identifier %s once, like any other',
    async (jti) => {
      const { mintBound, send } = bound()
      const token = await mintBound()
      expect((await send({ fields: fieldsOf(token, await prove(token, { jti })) })).status).toBe(200)
      expect((await send({ fields: fieldsOf(token, await prove(token, { jti })) })).status).toBe(401)
    },
  )
})

describeBoundApis(
  {
    dpop: {
      ...DPOP,
      replayStore: { add: () => Promise.reject(new Error('The store is down')) },
    },
  },
  (bound) => {
    rule('DPOP-27', 'answers 503 where the store fails, and lets nobody through', async () => {
      const { api, mintBound, send, servers, withProof } = bound()
      const refused = await send(await withProof(await mintBound()))
      expect([refused.status, refused.fieldValues('www-authenticate'), refused.body]).toEqual([503, [], ''])
      expect(Number(refused.fieldValues('retry-after')[0])).toBeGreaterThan(0)
      expect(api.handled()).toBe(0)
      const token = await servers.authorizationServer.mint()
      expect((await send({ fields: [['Authorization', `Bearer ${token}`]] })).status).toBe(200)
    })
  },
)

describeBoundApis({ dpop: { ...DPOP, nonceSecrets: [SECRET] } }, (bound) => {
  rule('DPOP-28', 'demands its own nonce, and sends it once', async () => {
    const { codes, mintBound, send, withProof } = bound()
    const token = await mintBound()
    for (const nonce of [undefined, '', 'made-up', 'A'.repeat(48)]) {
      const refused = await send(await withProof(token, { claims: { nonce } }))
      expect(refused.status).toBe(401)
      const [given, ...others] = refused.fieldValues('dpop-nonce')
      expect([codes.at(-1), others]).toEqual(['ERR_PROOF_NONCE', []])
      expect((await send(await withProof(token, { claims: { nonce: given } }))).status).toBe(200)
      expect((await send(await withProof(token, { claims: { nonce: given } }))).status).toBe(200)
    }
  })

  rule('DPOP-28', 'notes a proof that has a nonce, too', async () => {
    const { mintBound, send, withProof } = bound()
    const token = await mintBound()
    const [nonce] = (await send(await withProof(token))).fieldValues('dpop-nonce')
    const request = await withProof(token, { claims: { nonce } })
    expect([(await send(request)).status, (await send(request)).status]).toEqual([200, 401])
  })
})

rule('DOS-08', 'holds a bounded number of used proofs, and accepts none beyond', () => {
  const clock = createManualClock()
  const store = createMemoryReplayStore(clock, 10_000)
  let accepted = 0
  for (let count = 0; count < 100_000; count += 1) {
    try {
      if (store.add(`id-${count}`, 65) === true) accepted += 1
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_REPLAY_STORE' })
    }
  }
  expect(accepted).toBe(10_000)
  expect(store.add('id-0', 65)).toBe(false)
  clock.advance(195)
  expect(store.add('id-0', 65)).toBe(true)
})
