import { readEtag, readLifetime, readRetryAfter } from '../../../packages/core/src/http/freshness.js'
import { referenceEtag, referenceLifetime, referenceRetryAfter } from '../reference/freshness.js'
import { NOW } from '../reference/rules.js'
import { pick, seldom, type Chance } from '../support/chance.js'
import type { Target } from '../support/target.js'
import { changed } from './spelling.js'

const CACHE_CONTROL = [
  'max-age=300',
  'public, max-age="60", must-revalidate',
  'no-store',
  'private, no-cache="set-cookie", s-maxage=10',
  'MAX-AGE=10, max-age=20',
  'foo="a, max-age=1, b", max-age=99',
]
const AGES = ['0', '10', '4294967296', '1.5', '-1']
const ETAGS = ['"abc"', 'W/"abc"', '""', '"a b"', 'abc', `"${'x'.repeat(253)}"`]
const PAUSES = [
  '120',
  'Thu, 01 Jan 2026 00:01:00 GMT',
  'Thu, 31 Feb 2026 23:59:59 GMT',
  '1e3',
  '99999999999999999999',
]
const WORDS = ['"', ',', 'no-cache', 'no-store', 'max-age=', '=', '9', 'GMT', 'W/', '\\"']

/** What header fields say of how long something may be used, and when to ask again. */
export const freshness: Target = {
  name: 'freshness',
  weight: 15,
  leastAccepted: 1,
  prepare(chance) {
    const fields: Readonly<Record<string, string | null>> = {
      'cache-control': fieldOf(chance, CACHE_CONTROL),
      age: fieldOf(chance, AGES),
      etag: fieldOf(chance, ETAGS),
      'retry-after': fieldOf(chance, PAUSES),
    }
    const headers = { get: (name: string) => fields[name] ?? null }
    const pause = referenceRetryAfter(headers.get('retry-after'), NOW)
    return {
      input: fields,
      judge: () => ({
        accepted: [readLifetime(headers), readEtag(headers), pauseOf(headers, pause === 'any')],
      }),
      expect: () => ({
        accepted: [
          referenceLifetime(headers.get('cache-control'), headers.get('age')),
          referenceEtag(headers.get('etag')),
          pause,
        ],
      }),
    }
  },
}

/** `any` where that is good enough, and it is. */
function pauseOf(headers: Pick<Headers, 'get'>, isAnyGood: boolean): unknown {
  const pause = readRetryAfter(headers, NOW)
  return isAnyGood && (pause === undefined || (pause >= 0 && pause <= 300)) ? 'any' : pause
}

function fieldOf(chance: Chance, seeds: readonly string[]): string | null {
  return seldom(chance, 8) ? null : changed(pick(chance, seeds), chance, WORDS)
}
