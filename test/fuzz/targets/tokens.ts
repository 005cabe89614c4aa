import { readScopes } from '../../../packages/core/src/authorization/scope.js'
import { checkConfirmation } from '../../../packages/core/src/binding/confirmation.js'
import { checkClaims, findClientId } from '../../../packages/core/src/token/claims.js'
import { parseCompact } from '../../../packages/core/src/token/compact.js'
import { checkHeader } from '../../../packages/core/src/token/jwt.js'
import { asVerified } from '../../../packages/core/src/token/verified.js'
import { referenceClaims, type Learned } from '../reference/claims.js'
import { refuseHeader } from '../reference/header.js'
import { NOW } from '../reference/rules.js'
import { pick, seldom, type Chance } from '../support/chance.js'
import type { JsonMembers } from '../support/json.js'
import { CLAIM_WORDS, GOOD_CLAIMS, GOOD_HEADERS, HEADER_WORDS } from '../support/seeds.js'
import { PARSED_SETTINGS } from '../support/settings.js'
import { verdictOf, type Target, type Verdict } from '../support/target.js'
import { objectOf } from './spelling.js'

const EMPTY_JWT = parseCompact('e30.e30.', 8)

/** The header of an access token. */
export const header: Target = {
  name: 'header',
  weight: 12,
  leastAccepted: 0.15,
  prepare(chance) {
    const { config, rules, options } = pick(chance, PARSED_SETTINGS)
    const members = objectOf(chance, GOOD_HEADERS, HEADER_WORDS)
    const jwt = { ...EMPTY_JWT, header: members }
    return {
      input: { options, header: members },
      judge: () =>
        verdictOf(['ERR_TOKEN_HEADER', 'ERR_TOKEN_TYPE', 'ERR_TOKEN_ALGORITHM'], () =>
          checkHeader(jwt, config.header),
        ),
      expect() {
        const refused = refuseHeader(members, rules)
        return refused === undefined
          ? { accepted: { alg: members['alg'], kid: members['kid'] } }
          : { refused }
      },
    }
  },
}

export const REFUSED_BY_CLAIMS = [
  'ERR_TOKEN_TYPE',
  'ERR_TOKEN_CLAIM_MISSING',
  'ERR_TOKEN_CLAIM_INVALID',
  'ERR_TOKEN_AUDIENCE',
  'ERR_TOKEN_EXPIRED',
  'ERR_TOKEN_NOT_YET_VALID',
  'ERR_TOKEN_TOO_OLD',
  'ERR_TOKEN_SENDER_CONSTRAINED',
]

/** The claims of an access token: its confirmation, all checks, its client and scopes. */
export const claims: Target = {
  name: 'claims',
  weight: 12,
  leastAccepted: 0.1,
  prepare(chance) {
    const [setting, object] = settingAndClaims(chance)
    const { config, rules, options } = setting
    const verified = asVerified(object)
    return {
      input: { options, claims: object },
      judge: () =>
        verdictOf(REFUSED_BY_CLAIMS, () => {
          checkConfirmation(verified)
          const checked = checkClaims(verified, config.claims, NOW)
          return {
            clientId: findClientId(checked, config.claims.clientIdClaims),
            scopes: [...new Set(readScopes(checked, config.scopes))],
          }
        }),
      expect: () => toVerdict(referenceClaims(object, rules, NOW)),
    }
  },
}

/** Mostly claims that are good in the setting. */
export function settingAndClaims(chance: Chance): [(typeof PARSED_SETTINGS)[number], JsonMembers] {
  const setting = pick(chance, PARSED_SETTINGS)
  const fitting = GOOD_CLAIMS[PARSED_SETTINGS.indexOf(setting)]
  const seeds = fitting === undefined || seldom(chance, 6) ? GOOD_CLAIMS : [fitting]
  return [setting, objectOf(chance, seeds, CLAIM_WORDS)]
}

/** What the reference says: what is learned, or a reason. */
export function toVerdict(said: Learned | string): Verdict {
  return typeof said === 'string' ? { refused: said } : { accepted: said }
}
