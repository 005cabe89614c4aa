import { createHash } from 'node:crypto'
import { expect } from '@jest/globals'
import { thumbprint } from '@bearward/testing'
import { createOwnKey } from '../../support/jws.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers({ algorithms: ['ES256', 'RS256', 'Ed25519'] })

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')

ruleForEach(
  '7638-3.3-a',
  {
    'EC: crv, kty, x, y': ['P-256', ['crv', 'kty', 'x', 'y']],
    'RSA: e, kty, n': ['rsa', ['e', 'kty', 'n']],
    'OKP: crv, kty, x': ['ed25519', ['crv', 'kty', 'x']],
  } as const,
  'makes the thumbprint of the members that every key of its type has (%s)',
  async ([kind, names]) => {
    const { jwk } = createOwnKey(kind)
    const members = names.map((name) => `"${name}":"${String(jwk[name])}"`).join(',')
    expect(await thumbprint(jwk)).toBe(sha256(`{${members}}`))
  },
)

rule('7638-3.3-a', 'makes the thumbprint of a symmetric key of its members k and kty', async () => {
  expect(await thumbprint({ kty: 'oct', k: 'AyM1', kid: '1' })).toBe(sha256('{"k":"AyM1","kty":"oct"}'))
})

rule('7638-3-a', 'makes the same thumbprint whatever else a key has, in whatever order', async () => {
  const { jwk } = createOwnKey('P-256')
  const { x = '', y = '' } = jwk
  const expected = sha256(`{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`)
  const reordered = { y, x, kty: 'EC', crv: 'P-256' }
  expect(await thumbprint(reordered)).toBe(expected)
  const extended = { ...jwk, alg: 'ES256', use: 'sig', kid: 'x', 'x-extra': 1 }
  expect(await thumbprint(extended)).toBe(expected)
  expect(await thumbprint({ ...jwk, x: y })).not.toBe(expected)
})

rule('7638-3-a', 'names every key of the testing kit by its thumbprint', async () => {
  const { keys } = servers().authorizationServer.keySet()
  expect(keys).toHaveLength(3)
  expect(await Promise.all(keys.map(thumbprint))).toEqual(keys.map(({ kid }) => kid))
})
