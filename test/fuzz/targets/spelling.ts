import { decodeBase64url } from '../../../packages/core/src/base64url.js'
import { parseJsonObject } from '../../../packages/core/src/json.js'
import { looksLikeJwt, parseCompact } from '../../../packages/core/src/token/compact.js'
import { referenceBase64url } from '../reference/base64url.js'
import { referenceCompact } from '../reference/compact.js'
import { referenceJson } from '../reference/json.js'
import { bytesOf, countOfChanges, pick, seldom, type Chance } from '../support/chance.js'
import { changeMembers, type JsonMembers, type Words } from '../support/json.js'
import { encode } from '../support/keys.js'
import { CLAIM_WORDS, GOOD_CLAIMS, GOOD_HEADERS, HEADER_WORDS } from '../support/seeds.js'
import { spellJson } from '../support/spelling.js'
import { Finding, verdictOf, type Target } from '../support/target.js'
import { changeText } from '../support/text.js'

/** Base64url in its one spelling. */
export const base64url: Target = {
  name: 'base64url',
  weight: 20,
  leastAccepted: 0.2,
  prepare(chance) {
    const input = changed(encode(bytesOf(chance, chance.below(24))), chance)
    return {
      input,
      judge: () => toVerdict(decodeBase64url(input), (bytes) => Array.from(bytes)),
      expect: () => toVerdict(referenceBase64url(input), (bytes) => Array.from(bytes)),
    }
  },
}

/** JSON that has one reading. */
export const json: Target = {
  name: 'json',
  weight: 14,
  leastAccepted: 0.2,
  prepare(chance) {
    const bytes = spellJson(objectOf(chance, [...GOOD_CLAIMS, ...GOOD_HEADERS], CLAIM_WORDS), chance)
    return {
      input: Buffer.from(bytes).toString('latin1'),
      judge: () =>
        toVerdict(parseJsonObject(bytes), (value) => {
          if (!isFrozen(value)) throw new Finding('is not deeply frozen')
          return value
        }),
      expect: () => toVerdict(referenceJson(bytes)),
    }
  },
}

const REFUSED_BY_PARSER = ['ERR_TOKEN_TOO_LARGE', 'ERR_TOKEN_ENCRYPTED', 'ERR_TOKEN_MALFORMED']

/** JWTs in compact serialization, and what looks like one. */
export const compact: Target = {
  name: 'compact',
  weight: 12,
  leastAccepted: 0.15,
  prepare(chance) {
    const token = compactOf(chance)
    const largest = seldom(chance, 8) ? token.length - 1 + chance.below(3) : 16_384
    const judge = () =>
      verdictOf(REFUSED_BY_PARSER, () => {
        const { header, unverifiedClaims: claims, signature } = parseCompact(token, largest)
        if (!looksLikeJwt(token)) throw new Finding('takes a good JWT for an opaque token')
        return { header, claims, signature: Array.from(signature) }
      })
    return {
      input: { token, largest },
      judge: () => {
        const isMeantAsJwt = looksLikeJwt(token)
        if (isMeantAsJwt && !token.includes('.')) throw new Finding('takes a text without a dot for a JWT')
        if (!isMeantAsJwt && beginsWithObject(token))
          throw new Finding('takes a flawed JWT for an opaque token')
        return judge()
      },
      expect: () =>
        toVerdict(referenceCompact(token, largest), ({ header, claims, signature }) => ({
          header,
          claims,
          signature: Array.from(signature),
        })),
    }
  },
}

function isFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(isFrozen)
}

/** Whether the first part, in its one spelling, is an object in JSON, and no header of a JWE. */
function beginsWithObject(token: string): boolean {
  const [first = '', ...others] = token.split('.')
  const bytes = referenceBase64url(first)
  const header = bytes && referenceJson(bytes)
  return others.length > 0 && header !== undefined && !(others.length === 4 && Object.hasOwn(header, 'enc'))
}

function compactOf(chance: Chance): string {
  const header = spellJson(objectOf(chance, GOOD_HEADERS, HEADER_WORDS), chance)
  const claims = spellJson(objectOf(chance, GOOD_CLAIMS, CLAIM_WORDS), chance)
  const parts = [header, claims, bytesOf(chance, chance.below(8) * 8)].map(encode)
  if (seldom(chance, 20)) parts.push(...Array.from({ length: 1 + chance.below(4) }, () => 'AA'))
  if (seldom(chance, 30)) parts.splice(chance.below(parts.length), 1)
  const token = parts.join('.')
  return seldom(chance, 3) ? changed(token, chance) : token
}

/** A good object, with a few changes. */
export function objectOf(chance: Chance, seeds: readonly JsonMembers[], words: Words): JsonMembers {
  let object = pick(chance, seeds)
  for (let left = countOfChanges(chance); left > 0; left -= 1) object = changeMembers(object, chance, words)
  return object
}

/** A text, with a few changes. */
export function changed(text: string, chance: Chance, words: readonly string[] = []): string {
  let result = text
  for (let left = countOfChanges(chance); left > 0; left -= 1) result = changeText(result, chance, words)
  return result
}

function toVerdict<T>(value: T | undefined, read: (value: T) => unknown = (same) => same) {
  return value === undefined ? { refused: 'refused' } : { accepted: read(value) }
}
