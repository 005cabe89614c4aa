import { createPublicKey } from 'node:crypto'
import type { RefusalCode } from '@bearward/core'
import { selfSign } from '../support/certificate.js'
import { createOwnKey } from '../support/jws.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useEverywhere, type Row } from './support/everywhere.js'

type Header = Readonly<Record<string, unknown>>

const everywhere = useEverywhere()
const rsaKey = createOwnKey('rsa')

/** A token that is good but for its header, and one that is good with as much of that as may be. */
async function refuseHeader(header: Header, code: RefusalCode, more: Partial<Row> = {}): Promise<void> {
  const { mint } = everywhere().authorizationServer
  await everywhere().refuses({ attack: await mint({}, { header }), code, ...more })
}

ruleForEach<Header>(
  'HDR-02',
  {
    'is empty': { crit: [] },
    'is a text': { crit: 'exp' },
    'is null': { crit: null },
    'has a number': { crit: [1] },
    'has a registered name': { crit: ['alg'] },
    'has a name twice': { crit: ['x', 'x'], x: 1 },
    'has a name that is absent': { crit: ['absent'] },
    'has the name of what every object has': { crit: ['constructor'] },
    'has the name __proto__': { crit: ['__proto__'] },
  },
  'refuses everywhere a list of critical parameters that %s',
  (header) => refuseHeader(header, 'ERR_TOKEN_HEADER'),
)

rule('HDR-03', 'takes everywhere no critical exp of the header for that of the claims', async () => {
  const exp = everywhere().clock.now() + 86_400
  const { mint } = everywhere().authorizationServer
  const attack = await mint({ exp: 1 }, { header: { crit: ['exp'], exp } })
  const twin = await mint({}, { header: { exp: 1 } })
  await everywhere().refuses({ attack, twin, code: 'ERR_TOKEN_HEADER' })
})

ruleForEach<Header>(
  'HDR-04',
  {
    'not, critically': { b64: false, crit: ['b64'] },
    'not, by the way': { b64: false },
    'as ever, critically': { b64: true, crit: ['b64'] },
    'as ever, by the way': { b64: true },
    'neither so nor so': { b64: null },
  },
  'refuses everywhere a header that says its payload is encoded %s',
  (header) => refuseHeader(header, 'ERR_TOKEN_HEADER'),
)

ruleForEach<(jwk: object) => Header>(
  ['HDR-05', 'HDR-07'],
  {
    'as jwk': (jwk) => ({ jwk }),
    'as jwk, with the name of a good key': (jwk) => ({
      jwk,
      kid: everywhere().authorizationServer.keySet().keys[0]?.kid,
    }),
    'as jwk, without a name': (jwk) => ({ jwk, kid: undefined }),
    'as jwks': (jwk) => ({ jwks: { keys: [jwk] } }),
    'behind jku': () => ({ jku: 'https://evil.example/jwks' }),
    'behind x5u': () => ({ x5u: 'https://evil.example/cert' }),
  },
  'takes everywhere no key from the header: %s',
  async (toHeader) => {
    const { authorizationServer, refuses } = everywhere()
    const attacker = createOwnKey('P-256', 'attacker')
    const header = toHeader(attacker.jwk)
    const attack = await attacker.mint(authorizationServer, { header })
    const twin = await authorizationServer.mint(
      {},
      { header: { ...header, kid: authorizationServer.keySet().keys[0]?.kid } },
    )
    const isNamed = 'kid' in header
    const row = { attack, twin, code: isNamed ? 'ERR_TOKEN_SIGNATURE' : 'ERR_TOKEN_KEY' } as const
    await refuses({ ...row, asks: isNamed && header['kid'] !== undefined ? 'keys' : 'new keys' })
  },
)

rule('HDR-07', 'takes everywhere no key from a certificate in the header', async () => {
  const { authorizationServer, refuses } = everywhere()
  const attacker = createOwnKey('P-256', 'attacker')
  const certificate = selfSign(createPublicKey(attacker.privateKey), attacker.privateKey).toString('base64')
  for (const header of [
    { x5c: [certificate] },
    { x5c: certificate },
    { 'x5t#S256': 'x', x5t: 'x', x5c: [] },
  ]) {
    const attack = await attacker.mint(authorizationServer, { header })
    const twin = await authorizationServer.mint({}, { header })
    await refuses({ attack, twin, code: 'ERR_TOKEN_KEY', asks: 'new keys' })
  }
})

ruleForEach(
  ['HDR-08', 'HDR-10'],
  Object.fromEntries(
    [
      '../../dev/null',
      '/dev/null',
      "' OR 1=1--",
      '|id',
      '$(id)',
      'file:///etc/passwd',
      'https://evil.example/key',
      '__proto__',
      'constructor',
      'hasOwnProperty',
      'toString',
      '*',
      '{"$gt":""}',
    ].map((kid) => [kid, kid]),
  ),
  'takes everywhere the kid %s for a name, and nothing else',
  async (kid) => {
    const { authorizationServer, refuses } = everywhere()
    const own = createOwnKey('P-256', kid)
    const attack = await authorizationServer.mint({}, { kid, key: 'unpublished' })
    await refuses({ attack, code: 'ERR_TOKEN_KEY', asks: 'new keys' })
    authorizationServer.publish([own.jwk])
    await everywhere().accepts(await own.mint(authorizationServer))
  },
)

ruleForEach<Header>(
  'HDR-09',
  {
    'an object': { kid: {} },
    'a list': { kid: [] },
    'a list with a name': { kid: ['k1'] },
    'a number': { kid: 1 },
    true: { kid: true },
    null: { kid: null },
    'an empty text': { kid: '' },
  },
  'refuses everywhere %s as kid, and looks for no key',
  (header) => refuseHeader(header, 'ERR_TOKEN_HEADER'),
)

rule('HDR-12', 'tries everywhere four keys for a token that names none, and no more', async () => {
  const { authorizationServer, refuses } = everywhere()
  const keys = Array.from({ length: 5 }, () => createOwnKey('P-256'))
  authorizationServer.publish(keys.map(({ jwk }) => ({ ...jwk, kid: undefined })))
  const mint = (index: number) => keys[index]?.mint(authorizationServer, { header: { kid: undefined } })
  const [attack = '', twin = ''] = [await mint(4), await mint(3)]
  await refuses({ attack, twin, code: 'ERR_TOKEN_SIGNATURE', asks: 'new keys' })
})

rule('HDR-13', 'refuses everywhere the name of one published key over the signature of another', async () => {
  const { authorizationServer, refuses } = everywhere()
  const [old, young] = [createOwnKey('P-256', 'old'), createOwnKey('P-256', 'new')]
  authorizationServer.publish([old.jwk, young.jwk])
  const attack = await old.mint(authorizationServer, { header: { kid: 'new' } })
  const row = { attack, code: 'ERR_TOKEN_SIGNATURE', asks: 'keys' } as const
  for (const key of [old, young]) await refuses({ ...row, twin: await key.mint(authorizationServer) })
})

rule(['HDR-14', 'ALG-11'], 'chooses everywhere among keys of one name by what they can verify', async () => {
  const { authorizationServer, refuses, accepts } = everywhere()
  const [p256, p384] = [createOwnKey('P-256'), createOwnKey('P-384')]
  authorizationServer.publish([rsaKey.jwk, p384.jwk, p256.jwk])
  for (const key of [p256, p384, rsaKey]) await accepts(await key.mint(authorizationServer))
  const twin = await p256.mint(authorizationServer)
  for (const alg of ['ES384', 'ES512', 'RS256', 'EdDSA']) {
    const attack = await p256.mint(authorizationServer, { header: { alg } })
    const [code, asks] =
      alg === 'ES512' || alg === 'EdDSA'
        ? (['ERR_TOKEN_KEY', 'new keys'] as const)
        : (['ERR_TOKEN_SIGNATURE', 'keys'] as const)
    await refuses({ attack, twin, code, asks })
  }
})

ruleForEach<(jwk: object) => object>(
  ['HDR-15', 'ALG-12'],
  {
    'is for encryption': (jwk) => ({ ...jwk, use: 'enc' }),
    'is for another use': (jwk) => ({ ...jwk, use: 'SIG' }),
    'may encrypt': (jwk) => ({ ...jwk, key_ops: ['encrypt'] }),
    'may verify and encrypt': (jwk) => ({ ...jwk, key_ops: ['verify', 'encrypt'] }),
    'may do nothing': (jwk) => ({ ...jwk, key_ops: [] }),
    'is for another padding': (jwk) => ({ ...jwk, alg: 'PS256' }),
    'is for encryption, by its algorithm': (jwk) => ({ ...jwk, alg: 'RSA-OAEP-256' }),
  },
  'believes everywhere no signature of a key that %s',
  async (change) => {
    const { authorizationServer, refuses, accepts } = everywhere()
    authorizationServer.publish([change(rsaKey.jwk), ...authorizationServer.keySet().keys])
    const attack = await rsaKey.mint(authorizationServer)
    await refuses({ attack, code: 'ERR_TOKEN_KEY', asks: 'new keys' })
    authorizationServer.publish([{ ...rsaKey.jwk, use: 'sig', key_ops: ['verify'], alg: 'RS256' }])
    await accepts(attack)
  },
)

ruleForEach(
  ['ALG-13', 'ALG-15'],
  { '512 bits': 'rsa-512', '1024 bits': 'rsa-1024' } as const,
  'believes everywhere no RSA key of %s',
  async (kind) => {
    const { authorizationServer, refuses } = everywhere()
    const own = createOwnKey(kind)
    authorizationServer.publish([own.jwk, ...authorizationServer.keySet().keys])
    const attack = await own.mint(authorizationServer)
    await refuses({ attack, code: 'ERR_TOKEN_KEY', asks: 'new keys' })
    const secret = await authorizationServer.mint({}, { key: { secret: Buffer.from('secret') } })
    await refuses({ attack: secret, code: 'ERR_TOKEN_ALGORITHM' })
  },
)
