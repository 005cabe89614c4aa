import { createHash } from 'node:crypto'
import { expect } from '@jest/globals'
import { createProofKey } from '@bearward/testing'
import { describeBoundApis, fieldsOf } from '../support/bound-apis.js'
import { DPOP } from '../support/dpop.js'
import { rule, ruleForEach } from '../support/rule.js'

describeBoundApis({ dpop: DPOP }, (bound) => {
  /** Expects a proof that differs from a good one in this to be refused, and a good one to be accepted. */
  const refusesProof = async (
    code: string,
    changes: Parameters<ReturnType<typeof bound>['withProof']>[1],
  ) => {
    const { mintBound, refuses, withProof } = bound()
    const token = await mintBound()
    await refuses(
      code,
      () => withProof(token, changes),
      () => withProof(token),
    )
  }

  ruleForEach(
    'DPOP-01',
    { 'with its proof': true, 'without one': false },
    'refuses a bound token as Bearer, %s',
    async (hasProof) => {
      const { mintBound, refuses, withProof } = bound()
      const token = await mintBound()
      const attack = async () => {
        const [, proof] = (await withProof(token)).fields ?? []
        return {
          fields: [['Authorization', `Bearer ${token}`] as const, ...(hasProof && proof ? [proof] : [])],
        }
      }
      await refuses('ERR_TOKEN_SENDER_CONSTRAINED', attack, () => withProof(token))
    },
  )

  rule('DPOP-02', 'refuses a proof by the key of somebody else', async () => {
    await refusesProof('ERR_TOKEN_KEY_BINDING', { key: await createProofKey() })
  })

  rule('DPOP-03', 'refuses a token that is not bound and comes with the scheme DPoP', async () => {
    const { mintBound, refuses, servers, withProof } = bound()
    const [token, good] = [await servers.authorizationServer.mint(), await mintBound()]
    await refuses(
      'ERR_TOKEN_NOT_BOUND',
      () => withProof(token),
      () => withProof(good),
    )
  })

  rule('DPOP-05', 'accepts a token whose confirmation has more in it', async () => {
    const { key, mintBound, send, withProof } = bound()
    const token = await mintBound({ cnf: { jkt: key.thumbprint, 'kc-jkt-type': 'x' } })
    expect((await send(await withProof(token))).status).toBe(200)
    expect((await send({ fields: fieldsOf(token) })).status).toBe(401)
  })

  ruleForEach(
    'DPOP-07',
    {
      none: [0, 'ERR_PROOF_MISSING'],
      'two fields': [2, 'ERR_PROOF_REPEATED'],
    } as const,
    'refuses a request that has %s with a proof',
    async ([count, code]) => {
      const { mintBound, refuses, withProof } = bound()
      const token = await mintBound()
      const attack = async () => {
        const proofs = await Promise.all(Array.from({ length: count }, () => withProof(token)))
        return { fields: fieldsOf(token, ...proofs.map(({ fields }) => String(fields?.[1]?.[1]))) }
      }
      await refuses(code, attack, () => withProof(token))
    },
  )

  rule('DPOP-07', 'refuses two proofs in one field', async () => {
    const { mintBound, refuses, withProof } = bound()
    const token = await mintBound()
    const attack = async () => {
      const [one, other] = [await withProof(token), await withProof(token)]
      const proofs = [one, other].map(({ fields }) => String(fields?.[1]?.[1])).join(', ')
      return { fields: fieldsOf(token, proofs) }
    }
    await refuses('ERR_PROOF_MALFORMED', attack, () => withProof(token))
  })

  ruleForEach(
    'DPOP-08',
    {
      'the type of any JWT': [{ typ: 'JWT' }, 'ERR_PROOF_HEADER'],
      'no type': [{ typ: undefined }, 'ERR_PROOF_HEADER'],
      'no algorithm': [{ alg: 'none' }, 'ERR_PROOF_ALGORITHM'],
      'a symmetric key': [{ alg: 'HS256', jwk: { kty: 'oct', k: 'AA' } }, 'ERR_PROOF_ALGORITHM'],
      'a symmetric key, and the name of another algorithm': [
        { jwk: { kty: 'oct', k: 'AA' } },
        'ERR_PROOF_HEADER',
      ],
      'an old algorithm': [{ alg: 'RS1' }, 'ERR_PROOF_ALGORITHM'],
      'an algorithm of another type of key': [{ alg: 'RS256' }, 'ERR_PROOF_HEADER'],
      'something critical': [{ crit: ['b64'], b64: false }, 'ERR_PROOF_HEADER'],
    } as const,
    'refuses a proof with %s',
    async ([header, code]) => refusesProof(code, { header }),
  )

  rule('DPOP-09', 'refuses a proof that gives its private key away', async () => {
    const { key } = bound()
    await refusesProof('ERR_PROOF_HEADER', { header: { jwk: { ...key.publicJwk, d: key.publicJwk.x } } })
  })

  ruleForEach(
    'DPOP-10',
    {
      kid: { kid: 'x' },
      x5c: { x5c: ['MIIB'] },
      jku: { jku: 'http://127.0.0.1:1/keys' },
      x5u: { x5u: 'http://127.0.0.1:1/certificate' },
    },
    'refuses a proof that has %s in place of its key, and fetches nothing',
    async (header) => {
      await refusesProof('ERR_PROOF_HEADER', { header: { jwk: undefined, ...header } })
      const { requests } = bound().servers.authorizationServer
      expect(requests.jwks).toBe(1)
    },
  )

  rule('DPOP-19', 'refuses every other spelling of the hash of the token', async () => {
    const { mintBound, refuses, withProof } = bound()
    const token = await mintBound()
    const hash = createHash('sha256').update(token).digest()
    const decoded = Buffer.from(token.replaceAll('.', ''), 'base64url')
    for (const [ath, code] of [
      [undefined, 'ERR_PROOF_MALFORMED'],
      [hash.toString('hex'), 'ERR_PROOF_TOKEN'],
      [hash.toString('base64'), 'ERR_PROOF_TOKEN'],
      [`${hash.toString('base64url')}=`, 'ERR_PROOF_TOKEN'],
      [createHash('sha256').update(decoded).digest('base64url'), 'ERR_PROOF_TOKEN'],
      [createHash('sha256').update(`DPoP ${token}`).digest('base64url'), 'ERR_PROOF_TOKEN'],
      [createHash('sha512').update(token).digest('base64url'), 'ERR_PROOF_TOKEN'],
      [token, 'ERR_PROOF_TOKEN'],
    ] as const) {
      await refuses(
        code,
        () => withProof(token, { claims: { ath } }),
        () => withProof(token),
      )
    }
  })

  rule('DPOP-29', 'takes no proof for a token, and no token for a proof', async () => {
    const { mintBound, refuses, withProof } = bound()
    const token = await mintBound()
    const twin = () => withProof(token)
    const swapped = async () => {
      const [, proof] = (await twin()).fields ?? []
      return { fields: fieldsOf(String(proof?.[1]), token) }
    }
    await refuses('ERR_TOKEN_ISSUER', swapped, twin)
    const both = () => Promise.resolve({ fields: fieldsOf(token, token) })
    await refuses('ERR_PROOF_MALFORMED', both, twin)
  })

  ruleForEach(
    'DPOP-30',
    {
      'members in another order': [
        (jwk: object) => Object.fromEntries(Object.entries(jwk).reverse()),
        undefined,
      ],
      'more members': [(jwk: object) => ({ ...jwk, kid: 'x', use: 'sig', extra: [] }), undefined],
      'a zero in front': [
        (jwk: { x?: string }) => ({
          ...jwk,
          x: Buffer.concat([Buffer.alloc(1), Buffer.from(String(jwk.x), 'base64url')]).toString('base64url'),
        }),
        'ERR_PROOF_HEADER',
      ],
      padding: [(jwk: { x?: string }) => ({ ...jwk, x: `${String(jwk.x)}=` }), 'ERR_PROOF_HEADER'],
      'another use': [(jwk: object) => ({ ...jwk, use: 'enc' }), 'ERR_PROOF_HEADER'],
    } as const,
    'knows a key by its thumbprint, and takes it in one spelling alone: %s',
    async ([change, code]) => {
      const { key, mintBound, send, withProof } = bound()
      const header = { jwk: change(key.publicJwk) }
      if (code !== undefined) return refusesProof(code, { header })
      expect((await send(await withProof(await mintBound(), { header }))).status).toBe(200)
    },
  )

  rule('DPOP-30', 'takes an RSA key in one spelling alone', async () => {
    const { mintBound, refuses, withProof } = bound()
    const key = await createProofKey('RS256')
    const token = await mintBound({ cnf: { jkt: key.thumbprint } })
    const n = Buffer.concat([Buffer.alloc(1), Buffer.from(String(key.publicJwk.n), 'base64url')])
    for (const other of [{ e: 'AAEAAQ' }, { n: n.toString('base64url') }]) {
      await refuses(
        'ERR_PROOF_HEADER',
        () => withProof(token, { key, header: { jwk: { ...key.publicJwk, ...other } } }),
        () => withProof(token, { key }),
      )
    }
  })

  ruleForEach(
    'DPOP-32',
    { lower: 'dpop', upper: 'DPOP', mixed: 'dPoP' },
    'knows the scheme in %s case',
    async (scheme) => {
      const { mintBound, send, withProof } = bound()
      const token = await mintBound()
      const [, proof] = (await withProof(token)).fields ?? []
      const fields = [['Authorization', `${scheme} ${token}`] as const, ...(proof ? [proof] : [])]
      expect((await send({ fields })).status).toBe(200)
      expect((await send({ fields: fields.slice(0, 1) })).status).toBe(401)
    },
  )

  rule('DPOP-31', 'offers both schemes, with the error on the one that was used', async () => {
    const { mintBound, send } = bound()
    const algs = 'ES256 ES384 ES512 Ed25519 EdDSA PS256 PS384 PS512 RS256 RS384 RS512'
    const realm = 'realm="protected resource"'
    const text = 'error_description="The request carries no DPoP proof"'
    expect((await send({})).fieldValues('www-authenticate')).toEqual([
      `Bearer ${realm}`,
      `DPoP ${realm}, algs="${algs}"`,
    ])
    const refused = await send({ fields: fieldsOf(await mintBound()) })
    expect(refused.fieldValues('www-authenticate')).toEqual([
      `Bearer ${realm}`,
      `DPoP ${realm}, algs="${algs}", error="invalid_dpop_proof", ${text}`,
    ])
  })
})
