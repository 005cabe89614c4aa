import type { Sent } from '../reference/bound-request.js'
import { referenceNonce, type MadeNonce } from '../reference/nonce.js'
import { NOW } from '../reference/rules.js'
import { bytesOf, pick, seldom, type Chance } from '../support/chance.js'
import type { Json, JsonMembers } from '../support/json.js'
import type { FuzzKey } from '../support/keys.js'
import { CLIENT_KEYS, hashOf, proofOf, publicJwkOf, thumbprintOf } from '../support/proofs.js'
import { CLAIM_WORDS, GOOD_CLAIMS } from '../support/seeds.js'
import { ATTACKER_KEY, ED_KEY } from './answers.js'
import { ORIGIN, type BoundSetting } from './bound-settings.js'
import { asField } from './certificate-fields.js'
import { SECRETS } from './proofs.js'
import { changed, objectOf } from './spelling.js'

/** Requests, one after another. */
export interface Talk {
  /** `delay`: how long after the one before, in seconds. */
  readonly steps: readonly { readonly delay: number; readonly sent: Sent }[]
  readonly nonces: readonly MadeNonce[]
}

/** Around the limits of proofs, nonces and tokens. */
const DELAYS = [0, 0, 0, 0, 0, 0, 1, 4, 5, 6, 29, 35, 36, 59, 60, 61, 90, 91, 149, 299, 301, 330]
const AGES = [0, 0, 0, 0, 0, 0, 1, 5, 6, 59, 60, 61, 300, 301, -30, -31]
const JKTS = CLIENT_KEYS.slice(0, 2).map((key) => thumbprintOf(publicJwkOf(key)))
/** In DER: nobody parses them. */
const CERTIFICATES = ['the certificate of a client', 'another one'].map((text) => Buffer.from(text, 'latin1'))
const [THUMBPRINT = '', OTHER = ''] = CERTIFICATES.map((der) => hashOf(der.toString('latin1')))
const [JKT = '', OTHER_JKT = ''] = JKTS
const ODD_CONFIRMATIONS: readonly Json[] = [
  ...[{}, null, 'x', [], [{ jkt: JKT }], { kid: 'x' }, { jwk: publicJwkOf(ED_KEY) }, { jkt: null }],
  ...[{ jkt: `${JKT}=` }, { jkt: JKT.slice(1) }, { jkt: [JKT] }, { jkt: THUMBPRINT }, { 'x5t#S256': JKT }],
  ...[{ jkt: null, 'x5t#S256': THUMBPRINT }, { 'x5t#S256': null, jkt: JKT }, { 'x5t#S256': OTHER }],
  ...[{ jkt: JKT, kid: 'x' }, { 'x5t#S256': THUMBPRINT, x5t: 'x' }, { JKT }, { 'x5t#s256': THUMBPRINT }],
]

interface FuzzToken {
  readonly text: string
  /** With which it should come: `undefined` without a proof. */
  readonly key: FuzzKey | undefined
}

/** Requests with two tokens, mostly good ones; some come again, of the same client or of somebody else. */
export function talkOf(chance: Chance, setting: BoundSetting): Talk {
  const tokens = [tokenOf(chance, setting), tokenOf(chance, setting)]
  const nonces: MadeNonce[] = []
  const steps: { readonly delay: number; readonly sent: Sent }[] = []
  let now = NOW
  for (let left = 2 + chance.below(3); left > 0; left -= 1) {
    const delay = pick(chance, DELAYS)
    now += delay
    const earlier = steps.length > 0 && seldom(chance, 3) ? pick(chance, steps).sent : undefined
    const jti = String(left).repeat(8)
    const fresh = () => sentOf(chance, setting, pick(chance, tokens), { jti, now, nonces })
    steps.push({ delay, sent: earlier === undefined ? fresh() : again(chance, earlier) })
  }
  return { steps, nonces }
}

/** The same request, looked at once more, or a copy of it. */
function again(chance: Chance, sent: Sent): Sent {
  if (seldom(chance, 3)) return sent
  return {
    ...sent,
    ...pick(chance, [{}, {}, { target: '/stats?again' }, { target: '/other' }, { method: 'POST' }]),
  }
}

function tokenOf(chance: Chance, { asked }: BoundSetting): FuzzToken {
  const good: readonly (Json | undefined)[] = [
    ...(asked.isRequired ? [] : [undefined]),
    ...(asked.proof === undefined ? [] : [{ jkt: JKT }, { jkt: pick(chance, JKTS) }]),
    ...(asked.certificate === undefined ? [] : [{ 'x5t#S256': THUMBPRINT }]),
    ...(asked.proof === undefined || asked.certificate === undefined
      ? []
      : [{ jkt: JKT, 'x5t#S256': THUMBPRINT }]),
  ]
  const cnf = seldom(chance, 6) ? pick(chance, [undefined, ...ODD_CONFIRMATIONS]) : pick(chance, good)
  const seed: JsonMembers = { ...GOOD_CLAIMS[0], ...(cnf !== undefined && { cnf }) }
  const claims = seldom(chance, 8) ? objectOf(chance, [seed], CLAIM_WORDS) : seed
  const issuerKey = seldom(chance, 40) ? ATTACKER_KEY : ED_KEY
  const header = { alg: issuerKey.alg, typ: 'at+jwt', kid: 'ed' }
  const text = issuerKey.sign(Buffer.from(JSON.stringify(header)), Buffer.from(JSON.stringify(claims)))
  const said = JSON.stringify(cnf ?? '')
  const key = said.includes('jkt') ? CLIENT_KEYS[said.includes(OTHER_JKT) ? 1 : 0] : undefined
  return { text, key }
}

/** Claims that change could have the `jti` of another proof, and outlive it. */
const NEVER = 1e9
/** Decides for what is simple and good. */
const SIMPLE: Chance = { below: () => 0 }

interface Circumstances {
  /** Of no other proof, so far off that no change makes two the same. */
  readonly jti: string
  readonly now: number
  /** Where those that are made are put. */
  readonly nonces: MadeNonce[]
}

function sentOf(
  chance: Chance,
  { asked }: BoundSetting,
  token: FuzzToken,
  circumstances: Circumstances,
): Sent {
  const schemes = token.key ? ['DPoP', 'dpop'] : ['Bearer', 'bearer']
  const scheme = seldom(chance, 12) ? pick(chance, ['Bearer', 'DPoP', 'Basic']) : pick(chance, schemes)
  const field = `${scheme} ${token.text}`
  const proof = () => proofFor(chance, asked.proof?.secrets, token, circumstances)
  const proofs = token.key !== undefined || seldom(chance, 8) ? [proof()] : []
  const source = asked.certificate?.from ?? 'client-cert'
  const der = seldom(chance, 12) ? pick(chance, [undefined, CERTIFICATES[1]]) : CERTIFICATES[0]
  const said = source === 'socket' ? undefined : der && fieldFor(source, der)
  const value = said !== undefined && seldom(chance, 16) ? asField(changed(said, chance)) : said
  return {
    method: 'GET',
    target: '/stats',
    hosts: [seldom(chance, 30) ? 'api.example.net' : 'api.example.com'],
    secure: !seldom(chance, 30),
    remoteAddress: pick(chance, seldom(chance, 8) ? STRANGERS : ['10.1.2.3', '::1', '::ffff:10.0.0.1']),
    certificate: source === 'socket' ? der : undefined,
    fields: {
      authorization: seldom(chance, 40)
        ? [field, field]
        : [seldom(chance, 30) ? changed(field, chance) : field],
      dpop: seldom(chance, 20) ? pick(chance, [[], [...proofs, ...proofs]]) : proofs,
      ...(value !== undefined && { [source]: seldom(chance, 24) ? [value, value] : [value] }),
    },
  }
}

const STRANGERS = ['192.0.2.1', '::2', 'unknown', '', undefined]

function proofFor(
  chance: Chance,
  secrets: readonly string[] | undefined,
  token: FuzzToken,
  { jti, now, nonces }: Circumstances,
): string {
  const isTwin = seldom(chance, 6)
  const age = isTwin ? 0 : pick(chance, AGES)
  const key = seldom(chance, 16) || token.key === undefined ? pick(chance, CLIENT_KEYS) : token.key
  const secret = seldom(chance, 12) ? pick(chance, SECRETS) : pick(chance, secrets ?? [''])
  const nonce = secret === '' ? undefined : referenceNonce(secret, now - age, bytesOf(chance, 12))
  if (nonce !== undefined) nonces.push(nonce)
  const purpose = {
    ...{ htm: 'GET', htu: `${ORIGIN}/stats`, token: token.text, iat: now - age },
    ...(nonce !== undefined && { nonce: nonce.text }),
  }
  if (isTwin) return proofOf(SIMPLE, key, { ...purpose, jti: `at ${String(now)}` }).text
  const made = proofOf(chance, key, { ...purpose, jti }, NEVER)
  return seldom(chance, 30) ? changed(made.text, chance) : made.text
}

function fieldFor(
  source: 'client-cert' | 'x-forwarded-client-cert' | 'x-ssl-client-cert',
  der: Buffer,
): string {
  return source === 'client-cert'
    ? `:${der.toString('base64')}:`
    : `Hash=${Buffer.from(hashOf(der.toString('latin1')), 'base64url').toString('hex')}`
}
