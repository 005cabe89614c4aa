import type { KeySource } from '../../../packages/core/src/keys/key-source.js'
import { AUDIENCES, ISSUER, NOW } from '../reference/rules.js'
import type { PublishedKey } from '../reference/signature.js'
import { pick, seldom, type Chance } from '../support/chance.js'
import type { Json, JsonMembers, Words } from '../support/json.js'
import { createEd25519Key, createEs256Key } from '../support/keys.js'
import { HEADER_WORDS } from '../support/seeds.js'
import { spellJson } from '../support/spelling.js'
import { changed, objectOf } from './spelling.js'

export const ED_KEY = createEd25519Key(1, 'ed')
export const ES_KEY = createEs256Key(1, 'es')
/** Of nobody: never published. */
export const ATTACKER_KEY = createEd25519Key(66, 'ed')

/** The keys of the authorization server. */
export const PUBLISHED: readonly PublishedKey[] = [
  { jwk: ED_KEY.jwk, algorithms: ['Ed25519', 'EdDSA'] },
  { jwk: ES_KEY.jwk, algorithms: ['ES256'] },
]

/** A source that has them, and looks for no others. */
export function createScriptedKeySource(): KeySource {
  return {
    async find({ alg, kid }, verifies) {
      for (const { jwk, algorithms } of PUBLISHED) {
        if (!algorithms.includes(alg) || (kid !== undefined && kid !== jwk['kid'])) continue
        const key = {
          kid: jwk['kid'],
          algorithms: new Set(algorithms),
          jwk: { ...jwk, kty: String(jwk['kty']) },
          identity: String(jwk['x']),
        }
        if (await verifies(key)) return key
      }
      return undefined
    },
  }
}

/** Flaws of spelling have targets of their own. */
const RARITY = 5
const GOOD_HEADER: JsonMembers = { alg: 'Ed25519', typ: 'token-introspection+jwt', kid: 'ed' }
const GOOD_WRAPPER: JsonMembers = { iss: ISSUER, aud: 'urn:api', iat: NOW }
const WRAPPER_WORDS: Words = {
  names: ['iss', 'aud', 'iat', 'exp', 'active', 'sub'],
  values: [
    ISSUER,
    'https://as.example.com/',
    ...AUDIENCES,
    [...AUDIENCES],
    ['urn:api', 1],
    NOW,
    String(NOW),
    {},
  ],
}

/** A signed answer (RFC 9701, section 5) that says this of a token, with flaws before and after it was signed. */
export function signAnswer(response: Json, chance: Chance): string {
  const header = seldom(chance, 3) ? objectOf(chance, [GOOD_HEADER], HEADER_WORDS) : GOOD_HEADER
  const wrapper = seldom(chance, 3) ? objectOf(chance, [GOOD_WRAPPER], WRAPPER_WORDS) : GOOD_WRAPPER
  const claims = seldom(chance, 30) ? wrapper : { ...wrapper, token_introspection: response }
  const key = seldom(chance, 12) ? pick(chance, [ES_KEY, ATTACKER_KEY]) : ED_KEY
  const text = key.sign(spellJson(header, chance, RARITY), spellJson(claims, chance, RARITY))
  return seldom(chance, 10) ? changed(text, chance) : text
}
