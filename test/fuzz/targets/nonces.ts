import { createProofCheck } from '../../../packages/core/src/binding/dpop.js'
import { createNonces } from '../../../packages/core/src/binding/nonce.js'
import { createManualClock } from '../../support/manual-clock.js'
import { requestWith } from '../../support/request.js'
import { referenceNonce, type MadeNonce } from '../reference/nonce.js'
import { NOW } from '../reference/rules.js'
import { bytesOf, pick, seldom, type Chance } from '../support/chance.js'
import { createEd25519Key, encode } from '../support/keys.js'
import { hashOf, publicJwkOf, thumbprintOf } from '../support/proofs.js'
import { Finding, verdictOfAsync, type Target } from '../support/target.js'
import { changeBytes } from '../support/text.js'
import { SECRETS } from './proofs.js'
import { changed } from './spelling.js'

const KEY = createEd25519Key(9, 'client')
/** In seconds. */
const MAX_AGE = 300
const AGES = [0, 0, 1, 0.5, 149, 150, 151, 299.5, 300, 300.5, 301, 100_000, -1, -29, -30, -30.5, -31]
/** The first makes nonces: of one generation, of two, and of others. */
const GENERATIONS = [[0], [0, 1], [1, 0], [1], [2], [2, 1, 0]].map((indexes) =>
  indexes.map((index) => String(SECRETS[index])),
)

/** Nonces of one generation or another, changed and aged: who is accepted with them, and when they are replaced. */
export const nonce: Target = {
  name: 'nonce',
  weight: 2,
  leastAccepted: 0.2,
  prepare(chance) {
    const secrets = pick(chance, GENERATIONS)
    const made = seldom(chance, 3) ? undefined : madeNonce(chance)
    const makers = pick(chance, GENERATIONS)
    const age = pick(chance, AGES)
    const text = made === undefined ? undefined : textOf(chance, made)
    const isKnown = made === undefined ? secrets.includes(String(makers[0])) : secrets.includes(made.secret)
    const isGood = isKnown && text === made?.text && age <= MAX_AGE && age >= -30
    return {
      input: { secrets, ...(made === undefined ? { makers } : { made, text }), age },
      judge: () => judge(secrets, age, text ?? issue(makers)),
      expect: () => (isGood ? { accepted: { isReplaced: age > MAX_AGE / 2 } } : { refused: 'nonce' }),
    }
  },
}

/** One as a resource server with these secrets gives it out. */
function issue(secrets: readonly string[]): string {
  const nonces = createNonces(secrets, createManualClock(NOW))
  const text = nonces.issue()
  if (nonces.findTime(text) !== NOW) throw new Finding('does not know its own nonce')
  return text
}

function judge(secrets: readonly string[], age: number, text: string) {
  const clock = createManualClock(NOW + age)
  const nonces = createNonces(secrets, clock)
  const check = createProofCheck({
    origins: ['https://api.example.com'],
    algorithms: new Set(['Ed25519']),
    maxAge: MAX_AGE,
    nonces,
    replayStore: { add: () => true },
    clock,
  })
  const set: string[] = []
  const request = {
    ...requestWith({ dpop: prove(text) }),
    setResponseField(name: string, value: string) {
      if (name === 'DPoP-Nonce') set.push(value)
    },
  }
  return verdictOfAsync(['ERR_PROOF_NONCE'], async () => {
    await check(request, 'token', thumbprintOf(KEY.jwk))
    if (set.some((value) => nonces.findTime(value) !== clock.now()))
      throw new Finding('gives a nonce that is none')
    return { isReplaced: set.length === 1 }
  })
}

function prove(text: string): string {
  const claims = {
    htm: 'GET',
    htu: 'https://api.example.com/stats',
    jti: '1',
    iat: 0,
    ath: hashOf('token'),
    nonce: text,
  }
  const [header, payload] = [{ typ: 'dpop+jwt', alg: KEY.alg, jwk: publicJwkOf(KEY) }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)),
  )
  return KEY.sign(header ?? Buffer.of(), payload ?? Buffer.of())
}

function madeNonce(chance: Chance): MadeNonce {
  return referenceNonce(pick(chance, SECRETS), NOW, bytesOf(chance, 12))
}

/** Unchanged, or with other bits, cut, put together of two, or spelt in another way. */
function textOf(chance: Chance, { text, secret }: MadeNonce): string {
  const bytes = Buffer.from(text, 'base64url')
  const other = Buffer.from(referenceNonce(secret, NOW + 1, bytesOf(chance, 12)).text, 'base64url')
  const cut = pick(chance, [12, 20, 4, 32])
  switch (chance.below(6)) {
    case 0:
      return encode(changeBytes(bytes, chance))
    case 1:
      return encode(Buffer.concat([bytes.subarray(0, cut), other.subarray(cut)]))
    case 2:
      return changed(text, chance, ['=', '==', '+', '/', 'AAAA', text])
    default:
      return text
  }
}
