import { expect } from '@jest/globals'
import { createOwnKey, type OwnKey } from '../../support/jws.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()

ruleForEach(
  ['7515-4.1.4-a', 'HDR-09'],
  {
    'a number': 5,
    'an object': {},
    'a list': [],
    'a list with the right one': ['right'],
    true: true,
    null: null,
    'an empty string': '',
  },
  'refuses %s as kid, and asks for no keys',
  async (kid) => {
    const { authorizationServer, resourceServer } = servers()
    const own = createOwnKey('P-256', 'right')
    authorizationServer.publish([own.jwk])
    const token = await own.mint(authorizationServer, { header: { kid } })
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_HEADER')
    expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    const good = await own.mint(authorizationServer)
    expect(await verdictOn(resourceServer, good)).toBe('accepted')
  },
)

ruleForEach(
  ['7515-4.1.4-a', 'HDR-08', 'HDR-10'],
  Object.fromEntries(
    [
      ...['../../etc/passwd', '../../dev/null', '/dev/null', 'file:///dev/null', 'https://evil.example/jwks'],
      ...["' OR 1=1--", '|id', '$(id)', '%00', '*', '.*', '0', 'null', 'undefined'],
      ...['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'length', 'keys'],
    ].map((kid) => [kid, kid]),
  ),
  'compares the kid %s with those of the issuer, and does nothing else with it',
  async (kid) => {
    const { authorizationServer, resourceServer, protect } = servers()
    const own = createOwnKey('P-256', kid)
    const token = await own.mint(authorizationServer)
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_KEY')
    expect(authorizationServer.requests.other).toBe(0)
    authorizationServer.publish([own.jwk])
    expect(await verdictOn(protect(), token)).toBe('accepted')
  },
)

ruleForEach(
  '7515-4.1.4-a',
  { 'in another case': 'RIGHT', 'with a space': 'right ', 'cut short': 'righ', 'in another form': 'rıght' },
  'refuses the kid of a key %s',
  async (kid) => {
    const { authorizationServer, resourceServer } = servers()
    const own = createOwnKey('P-256', 'right')
    authorizationServer.publish([own.jwk])
    expect(await verdictOn(resourceServer, await own.mint(authorizationServer, { header: { kid } }))).toBe(
      'ERR_TOKEN_KEY',
    )
    const good = await own.mint(authorizationServer)
    expect(await verdictOn(resourceServer, good)).toBe('accepted')
  },
)

/** The verdict on a token without kid, where the issuer publishes these keys in this order. */
async function verdictWithoutKid(signer: OwnKey, published: readonly OwnKey[]): Promise<string> {
  const { authorizationServer, protect } = servers()
  authorizationServer.publish(published.map(({ jwk }) => jwk))
  return verdictOn(protect(), await signer.mint(authorizationServer, { header: { kid: undefined } }))
}

rule(['7515-4.1.4-b', 'HDR-12'], 'tries each of two keys for a token without kid', async () => {
  const [first, second, foreign] = ['1', '2', '3'].map((kid) => createOwnKey('P-256', kid)) as [
    OwnKey,
    OwnKey,
    OwnKey,
  ]
  expect(await verdictWithoutKid(first, [first, second])).toBe('accepted')
  expect(await verdictWithoutKid(second, [first, second])).toBe('accepted')
  expect(await verdictWithoutKid(foreign, [first, second])).toBe('ERR_TOKEN_SIGNATURE')
})

rule(
  ['7515-4.1.4-b', 'HDR-12', 'DOS-03'],
  'tries four keys for a token without kid, and no fifth',
  async () => {
    const signer = createOwnKey('P-256', 'signer')
    const others = Array.from({ length: 250 }, (_, index) => createOwnKey('P-256', String(index)))
    expect(await verdictWithoutKid(signer, [...others.slice(0, 3), signer])).toBe('accepted')
    expect(await verdictWithoutKid(signer, [...others.slice(0, 4), signer])).toBe('ERR_TOKEN_SIGNATURE')
    expect(await verdictWithoutKid(signer, [...others, signer])).toBe('ERR_TOKEN_SIGNATURE')
  },
)

rule('7515-4.1.4-b', 'tries only keys that fit the algorithm for a token without kid', async () => {
  const signer = createOwnKey('P-384', 'signer')
  const others = Array.from({ length: 10 }, (_, index) => createOwnKey('P-256', String(index)))
  const { authorizationServer, protect } = servers()
  authorizationServer.publish([...others, signer].map(({ jwk }) => jwk))
  const token = await signer.mint(authorizationServer, { header: { kid: undefined } })
  expect(await verdictOn(protect(), token)).toBe('accepted')
  const unfit = await signer.mint(authorizationServer, { header: { kid: undefined, alg: 'ES512' } })
  expect(await verdictOn(protect(), unfit)).toBe('ERR_TOKEN_KEY')
})

rule(['7515-4.1.4-b', 'HDR-13'], 'tries a key that has no kid for tokens without kid alone', async () => {
  const { authorizationServer, resourceServer } = servers()
  const own = createOwnKey('P-256')
  authorizationServer.publish([{ ...own.jwk, kid: undefined }])
  expect(await verdictOn(resourceServer, await own.mint(authorizationServer))).toBe('ERR_TOKEN_KEY')
  const unnamed = await own.mint(authorizationServer, { header: { kid: undefined } })
  expect(await verdictOn(resourceServer, unnamed)).toBe('accepted')
})

rule(['7515-4.1.4-b', 'HDR-13'], 'tries no other key than the one that kid names', async () => {
  const { authorizationServer, resourceServer } = servers()
  const [old, fresh] = [createOwnKey('P-256', 'old'), createOwnKey('P-256', 'fresh')]
  authorizationServer.publish([old.jwk, fresh.jwk])
  const misnamed = await old.mint(authorizationServer, { header: { kid: 'fresh' } })
  expect(await verdictOn(resourceServer, misnamed)).toBe('ERR_TOKEN_SIGNATURE')
  const unknown = await old.mint(authorizationServer, { header: { kid: 'older' } })
  expect(await verdictOn(resourceServer, unknown)).toBe('ERR_TOKEN_KEY')
  const named = await old.mint(authorizationServer)
  expect(await verdictOn(resourceServer, named)).toBe('accepted')
})
