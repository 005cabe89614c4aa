import { readKeySet } from '../../../packages/core/src/keys/key-set.js'
import { VECTORS } from '../../vectors/vectors.js'
import { referenceKeySet } from '../reference/key-set.js'
import { countOfChanges, pick, seldom, type Chance } from '../support/chance.js'
import { changeMembers, type Json, type JsonMembers, type Words } from '../support/json.js'
import { createEd25519Key, createEs256Key, encode } from '../support/keys.js'
import { verdictOfAsync, type Target } from '../support/target.js'
import { changeBytes } from '../support/text.js'

const GOOD_KEYS: readonly JsonMembers[] = [
  createEd25519Key(1, 'ed').jwk,
  { ...createEd25519Key(2, 'ed-2').jwk, alg: 'EdDSA', use: 'sig', d: 'AAAA' },
  createEs256Key(1, 'es').jwk,
  ...Object.values(VECTORS.signatures).map(({ jwk }): JsonMembers => ({
    ...(jwk as unknown as JsonMembers),
    key_ops: ['verify'],
  })),
]

/** Of 2047, 2048, 8192 and 8193 bits, and with zeros before them. */
const MODULI = [
  ['7f', 255],
  ['ff', 255],
  ['00ff', 255],
  ['ff', 1023],
  ['00ff', 1023],
  ['01ff', 1023],
].map(([first, count]) => encode(Buffer.from(`${String(first)}${'ff'.repeat(Number(count))}`, 'hex')))

const KEY_WORDS: Words = {
  names: ['kty', 'crv', 'alg', 'use', 'key_ops', 'kid', 'n', 'e', 'x', 'y', 'd', 'k', 'oth'],
  members: [
    ...[
      ['verify'],
      ['sign', 'verify'],
      ['verify', 'verify'],
      ['verify', 'encrypt'],
      ['sign'],
      [],
      'verify',
    ].map((operations) => ({ key_ops: operations })),
    ...['sig', 'enc', 'SIG', null, ''].map((use) => ({ use })),
    ...['AQAB', 'AAEAAQ', 'Aw', 'AQ', 'AQAAAAE', '_____w', ''].map((e) => ({ e })),
    ...[7, null, ''].map((kid) => ({ kid })),
    ...MODULI.map((n) => ({ kty: 'RSA', n, e: 'AQAB' })),
  ],
  values: [
    ...['RSA', 'EC', 'OKP', 'oct', 'AKP', 'P-256', 'P-384', 'secp256k1', 'Ed25519', 'Ed448', 'X25519'],
    ...[
      'RS256',
      'PS512',
      'ES256',
      'ES512',
      'EdDSA',
      'HS256',
      'none',
      'sig',
      'enc',
      'SIG',
      'AQAB',
      'AAEAAQ',
      'Aw',
      'AQ',
    ],
    ...GOOD_KEYS.flatMap(({ x, y, n }) => [x, y, n].filter((value) => value !== undefined)),
  ],
}

/** Little-endian, and some of them past the modulus: points of small order, and their neighbours. */
const SPECIAL_POINTS = [
  ...['00', '01', '02', 'ec', 'ed', 'ee', 'ef'].flatMap((first) =>
    ['7f', 'ff', '00', '80'].map((last) => {
      const middle = last === '7f' || last === 'ff' ? 'ff' : '00'
      return first + middle.repeat(30) + last
    }),
  ),
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
].map((hex) => Buffer.from(hex, 'hex').toString('base64url'))

/** Key sets: which members become keys, and for what. */
export const keySet: Target = {
  name: 'key-set',
  weight: 4,
  leastAccepted: 0.2,
  prepare(chance) {
    const document = keySetOf(chance)
    return {
      input: document,
      judge: () =>
        verdictOfAsync(['ERR_KEY_SET_INVALID'], async () => {
          const keys = await readKeySet(document)
          return keys.map(({ kid, algorithms, jwk }) => ({ kid, algorithms: [...algorithms], jwk }))
        }),
      async expect() {
        const said = await referenceKeySet(document)
        return typeof said === 'string' ? { refused: said } : { accepted: said }
      },
    }
  },
}

function keySetOf(chance: Chance): JsonMembers {
  if (seldom(chance, 30)) return { keys: pick<Json>(chance, [null, {}, 'x', [], [[]], [null, 'x', 7]]) }
  if (seldom(chance, 60))
    return { keys: [...Array.from({ length: 99 + chance.below(3) }, () => ({})), memberOf(chance)] }
  return { keys: Array.from({ length: 1 + chance.below(2) }, () => memberOf(chance)) }
}

function memberOf(chance: Chance): JsonMembers {
  let member = pick(chance, GOOD_KEYS)
  if (seldom(chance, 12)) member = { kty: 'OKP', crv: 'Ed25519', x: pick(chance, SPECIAL_POINTS) }
  for (let left = countOfChanges(chance); left > 0; left -= 1) {
    member = seldom(chance, 2) ? changeNumberIn(member, chance) : changeMembers(member, chance, KEY_WORDS)
  }
  return member
}

/** Changes the bytes of a number, or puts zeros before it: what is spelt is still base64url. */
function changeNumberIn(member: JsonMembers, chance: Chance): JsonMembers {
  const name = pick(chance, ['n', 'e', 'x', 'y'])
  const text = member[name]
  if (typeof text !== 'string') return member
  const bytes = Buffer.from(text, 'base64url')
  const changed = seldom(chance, 3)
    ? Buffer.concat([new Uint8Array(pick(chance, [1, 2, 3, 767, 768, 769])), bytes])
    : changeBytes(bytes, chance)
  return { ...member, [name]: encode(changed) }
}
