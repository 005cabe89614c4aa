import { createProofCheck, type CheckProof } from '../../../packages/core/src/binding/dpop.js'
import { parseSenderConstraint } from '../../../packages/core/src/config/sender-constraint.js'
import { createManualClock } from '../../support/manual-clock.js'
import { requestWith } from '../../support/request.js'
import { referenceNonce } from '../reference/nonce.js'
import { referenceProof, type ProofRules, type Proven } from '../reference/proof.js'
import { NOW } from '../reference/rules.js'
import { bytesOf, pick, seldom, type Chance } from '../support/chance.js'
import { CLIENT_KEYS, proofOf, thumbprintOf } from '../support/proofs.js'
import { Finding, verdictOfAsync, type Target, type Verdict } from '../support/target.js'
import { changed } from './spelling.js'
import { htuOf, ORIGINS, targetOf } from './target-uris.js'

export const SECRETS = ['first', 'second', 'third'].map((name) => `the ${name} secret of 32 characters`)
const ASYMMETRIC = [
  ...['ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'],
]
const [ORIGIN = '', PREFIXED = '', , , UPPER = ''] = ORIGINS

/** What different resource servers ask of proofs. */
export const PROOF_RULES: readonly ProofRules[] = [
  { origins: [ORIGIN], algorithms: ASYMMETRIC, maxAge: 60, secrets: undefined },
  { origins: [PREFIXED, UPPER], algorithms: ['ES256', 'Ed25519'], maxAge: 300, secrets: SECRETS.slice(0, 2) },
  { origins: undefined, algorithms: ['RS256', 'ES256', 'EdDSA', 'Ed25519'], maxAge: 1, secrets: undefined },
  {
    origins: ORIGINS.slice(0, 3),
    algorithms: ['Ed25519', 'RS256'],
    maxAge: 3_600,
    secrets: SECRETS.slice(1, 2),
  },
]

const REFUSED_BY_PROOF = [
  ...['ERR_PROOF_MISSING', 'ERR_PROOF_REPEATED', 'ERR_PROOF_MALFORMED', 'ERR_PROOF_HEADER'],
  ...['ERR_PROOF_ALGORITHM', 'ERR_PROOF_SIGNATURE', 'ERR_PROOF_TARGET', 'ERR_PROOF_NONCE', 'ERR_PROOF_TIME'],
  ...['ERR_PROOF_TOKEN', 'ERR_TOKEN_KEY_BINDING'],
]

const CHECKS = PROOF_RULES.map(createCheck)

/** DPoP proofs, but for whether they were used before; each twice: the second time its key is known. */
export const proof: Target = {
  name: 'proof',
  weight: 2,
  leastAccepted: 0.1,
  prepare(chance) {
    const rules = pick(chance, PROOF_RULES)
    const proven = provenOf(chance, rules)
    return {
      input: { rules, ...proven },
      async judge() {
        const check = CHECKS[PROOF_RULES.indexOf(rules)]
        const [first, second] = [await judge(proven, check), await judge(proven, check)]
        if ('accepted' in first === 'accepted' in second) return first
        throw new Finding('says something else of the same proof')
      },
      async expect() {
        const said = await referenceProof(proven, rules, NOW)
        return typeof said === 'string' ? { refused: said } : { accepted: true }
      },
    }
  },
}

function judge(proven: Proven, check: CheckProof | undefined): Promise<Verdict> {
  const { method, target, secure, hosts, proofs, token, jkt } = proven
  const request = { ...requestWith({ host: hosts, dpop: proofs }), method, target, secure }
  return verdictOfAsync(REFUSED_BY_PROOF, async () => {
    if (check === undefined) throw new Error('no check')
    await check(request, token, jkt)
    return true
  })
}

/** Notes nothing: whether a proof was used before matters to other targets. */
function createCheck({ origins, algorithms, maxAge, secrets }: ProofRules): CheckProof {
  const options = {
    ...(origins === undefined ? { dangerouslyTrustHost: true } : { origin: origins }),
    ...(secrets !== undefined && { nonceSecrets: secrets }),
    algorithms,
    proofMaxAge: maxAge,
    replayStore: { add: () => true },
  }
  const { dpop } = parseSenderConstraint({ dpop: options }, createManualClock(NOW))
  if (dpop === undefined) throw new Error('no DPoP')
  return createProofCheck(dpop)
}

const HOSTS = ['api.example.com', 'API.example.com:443', 'localhost:8080', '[::1]', 'api.example.com:80']
const HOST_WORDS = ['/', '@', ':', ':443', '?', '#', '%61', '%zz', ' ', ', ', 'evil.example', '[', ']', '\\']
const TOKENS = ['token', 'a.b.c', 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU']

/** Mostly what the rules ask for; and its proof changed after it was signed, or left out, or sent twice. */
function provenOf(chance: Chance, rules: ProofRules): Proven {
  const hosts = hostsOf(chance)
  const secure = seldom(chance, 2)
  const origins = rules.origins ?? hosts.map((host) => `${secure ? 'https' : 'http'}://${host}`)
  const target = seldom(chance, 6) ? targetOf(chance, [...origins, ORIGIN]) : '/stats'
  const method = pick(chance, ['GET', 'GET', 'POST'])
  const token = pick(chance, TOKENS)
  const age = seldom(chance, 8)
    ? pick(chance, [-31, rules.maxAge + 1])
    : pick(chance, [0, 1, -30, rules.maxAge])
  const key = pick(chance, CLIENT_KEYS.slice(0, seldom(chance, 8) ? 3 : 2))
  const secret = seldom(chance, 8)
    ? pick(chance, SECRETS)
    : rules.secrets?.[chance.below(rules.secrets.length)]
  const nonce = secret === undefined ? undefined : referenceNonce(secret, NOW - age, bytesOf(chance, 12))
  const made = proofOf(chance, key, {
    htm: method,
    htu: htuOf(chance, origins.length === 0 ? [ORIGIN] : origins, target),
    token,
    jti: '1',
    iat: nonce === undefined || seldom(chance, 2) ? NOW - age : 0,
    ...(nonce !== undefined && { nonce: seldom(chance, 12) ? changed(nonce.text, chance) : nonce.text }),
  })
  const text = seldom(chance, 8) ? changed(made.text, chance) : made.text
  return {
    method,
    target,
    hosts,
    secure,
    proofs: seldom(chance, 40) ? pick(chance, [[], [text, text]]) : [text],
    token,
    jkt: seldom(chance, 16) ? thumbprintOf(CLIENT_KEYS[0]?.jwk) : made.jkt,
    nonces: nonce === undefined ? [] : [nonce],
  }
}

function hostsOf(chance: Chance): readonly string[] {
  const host = seldom(chance, 6) ? changed(pick(chance, HOSTS), chance, HOST_WORDS) : pick(chance, HOSTS)
  return seldom(chance, 30) ? pick(chance, [[], [host, host]]) : [host]
}
