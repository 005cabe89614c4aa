import { createResourceServer } from '../../../packages/core/src/resource-server.js'
import { createManualClock } from '../../support/manual-clock.js'
import { judge, requestWith } from '../../support/request.js'
import { VECTORS, vector } from '../../vectors/vectors.js'
import { AUDIENCES, ISSUER, NOW, SETTINGS, type Setting } from '../reference/rules.js'
import type { PublishedKey } from '../reference/signature.js'
import { referenceRequest } from '../reference/request.js'
import { pick, seldom, type Chance } from '../support/chance.js'
import type { JsonMembers } from '../support/json.js'
import { CLAIM_WORDS, GOOD_CLAIMS, HEADER_WORDS } from '../support/seeds.js'
import { spellJson } from '../support/spelling.js'
import { Finding, type Target } from '../support/target.js'
import { ATTACKER_KEY, ED_KEY, ES_KEY, PUBLISHED } from './answers.js'
import { changed, objectOf } from './spelling.js'

const RSA_JWK = vector(VECTORS.signatures, 'rfc7515-A2-rs256').jwk as Readonly<Record<string, string>>
const KEYS: readonly PublishedKey[] = [
  ...PUBLISHED,
  { jwk: { ...RSA_JWK, kid: 'rsa' }, algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] },
]
/** How often a token comes to a resource server that keeps verdicts: the third time from memory. */
const TIMES = 3
/** Flaws of spelling have targets of their own. */
const RARITY = 5
/** When it comes again, in seconds from then: around the limits of what tokens say. */
const LATER = [0, 60, 299, 304, 305, 306, 600, 3_905, 100_000, -1, -61, -100_000]

/** All of it: a request, by resource servers that keep verdicts and by ones that do not; and again, later. */
export const pipeline: Target = {
  name: 'pipeline',
  weight: 4,
  leastAccepted: 0.2,
  prepare(chance) {
    const pair = pick(chance, PAIRS)
    const fields = fieldsOf(chance, SETTINGS.indexOf(pair.setting))
    const later = pick(chance, LATER)
    return {
      input: { options: pair.setting.options, fields, later },
      async judge() {
        const first = await pair.judge(fields, TIMES, 0)
        const second = await pair.judge(fields, 1, later)
        return [first, second].some((outcome) => typeof outcome !== 'string')
          ? {
              accepted: [first, second].map((outcome) => (typeof outcome === 'string' ? 'refused' : outcome)),
            }
          : { refused: String(first) }
      },
      async expect() {
        const said = [0, later].map((delay) =>
          referenceRequest(fields, pair.setting.rules, KEYS, NOW + delay),
        )
        const outcomes = await Promise.all(said)
        return outcomes.some((outcome) => typeof outcome !== 'string')
          ? { accepted: outcomes.map((outcome) => (typeof outcome === 'string' ? 'refused' : outcome)) }
          : { refused: 'refused' }
      },
    }
  },
}

/** Two resource servers that differ in whether they keep verdicts. */
interface Pair {
  readonly setting: Setting
  /** What both say of a request, or the code that the one without memory refuses it with. */
  judge(fields: readonly string[], times: number, delay: number): Promise<unknown>
}

const PAIRS: readonly Pair[] = SETTINGS.map(createPair)

function createPair(setting: Setting): Pair {
  const clock = createManualClock(NOW)
  const servers = [false, true].map((verdictCache) =>
    createResourceServer({
      issuer: ISSUER,
      audience: AUDIENCES,
      jwksUri: `${ISSUER}/jwks`,
      fetch: () => Promise.resolve(Response.json({ keys: KEYS.map(({ jwk }) => jwk) })),
      clock,
      verdictCache,
      ...setting.options,
    }),
  )
  return {
    setting,
    async judge(fields, times, delay) {
      const request = requestWith({ authorization: fields })
      const verdicts: unknown[] = []
      clock.step(delay)
      for (const [index, server] of servers.entries())
        for (let time = 0; time < (index === 0 ? 1 : times); time += 1)
          verdicts.push(summarize(await judge(server, request)))
      clock.step(-delay)
      const [anew] = verdicts
      for (const verdict of verdicts) {
        if (typeof verdict === 'string' && typeof anew === 'string') continue
        if (JSON.stringify(verdict) !== JSON.stringify(anew))
          throw new Finding(`judges anew ${JSON.stringify(anew)}, and from memory ${JSON.stringify(verdict)}`)
      }
      return anew
    },
  }
}

function summarize(outcome: Awaited<ReturnType<typeof judge>>): unknown {
  if (outcome.verdict !== 'accepted') return outcome.error.code
  const { issuer, subject, clientId, scopes, claims, via } = outcome.auth
  if (!Object.isFrozen(claims) || !Object.isFrozen(outcome.auth))
    throw new Finding('can be changed by a handler')
  return { issuer, subject, clientId, scopes: [...scopes], claims, via }
}

const GOOD_TYPES = ['at+jwt', 'application/at+jwt', 'JWT', 'JWT', 'at+jwt']

function fieldsOf(chance: Chance, index: number): readonly string[] {
  const key = seldom(chance, 8) ? pick(chance, [ES_KEY, ATTACKER_KEY]) : ED_KEY
  const seeds = seldom(chance, 8) ? GOOD_CLAIMS : [GOOD_CLAIMS[index] ?? {}]
  const named = {
    alg: key.alg,
    typ: GOOD_TYPES[index] ?? null,
    ...(seldom(chance, 3) ? {} : { kid: key.jwk['kid'] ?? '' }),
  }
  const header = seldom(chance, 3) ? objectOf(chance, [named], HEADER_WORDS) : named
  const claims = objectOf(chance, seeds, CLAIM_WORDS)
  const parts = [header, padded(claims, chance)].map((part) => spellJson(part, chance, RARITY)) as [
    Uint8Array,
    Uint8Array,
  ]
  const signed = key.sign(...parts)
  const token = seldom(chance, 8) ? changed(signed, chance) : signed
  const field = `Bearer ${token}`
  if (seldom(chance, 60)) return [field, field]
  return [seldom(chance, 12) ? changed(field, chance) : field]
}

/** Seldom about as large as a token may be. */
function padded(claims: JsonMembers, chance: Chance): JsonMembers {
  return seldom(chance, 40) ? { ...claims, padding: 'x'.repeat(11_600 + chance.below(600)) } : claims
}
