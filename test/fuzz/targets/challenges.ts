import { refusalHeaders } from '../../../packages/core/src/challenge/challenge.js'
import { serializeChallenge } from '../../../packages/core/src/challenge/serialize.js'
import { RefusedError } from '../../../packages/core/src/errors.js'
import { REFUSALS, type RefusalCode } from '../../../packages/core/src/refusals.js'
import { referenceChallenges } from '../reference/challenges.js'
import { pick, seldom } from '../support/chance.js'
import { Finding, type Target } from '../support/target.js'
import { changed } from './spelling.js'

const NAMES = ['realm', 'scope', 'error', 'error_description', 'error_uri', 'resource_metadata', 'algs']
const TEXTS = ['protected resource', 'stats:read stats:write', 'https://api.example.com/errors', '']
const WORDS = ['"', '\\', '\\"', '", Basic realm="', '\r\nSet-Cookie: a=b', ', ', '\u2028', '\0', '=']
const CODES = Object.keys(REFUSALS) as readonly RefusalCode[]

/** Challenges, which must read as they were meant, whatever is in them. */
export const challenge: Target = {
  name: 'challenge',
  weight: 10,
  leastAccepted: 1,
  prepare(chance) {
    const text = () => changed(changed(pick(chance, TEXTS), chance, WORDS), chance, WORDS)
    const parameters = NAMES.slice(0, 1 + chance.below(NAMES.length)).map((name) => [name, text()] as const)
    const code = pick(chance, CODES)
    const scope = seldom(chance, 3) ? text() : undefined
    const policy = { realm: text(), errorUri: seldom(chance, 2) ? text() : undefined }
    return {
      input: { parameters, code, scope, policy },
      judge: () => ({
        accepted: [
          read(serializeChallenge({ scheme: 'Bearer', parameters })),
          read(headerOf(new RefusedError(code, scope === undefined ? {} : { scope }), policy)),
        ],
      }),
      expect() {
        const { error, description } = { error: undefined, ...REFUSALS[code] }
        const { realm, errorUri } = policy
        const details = { error, error_description: error && description, error_uri: error && errorUri }
        const all = Object.entries({ realm, scope, ...details })
        return { accepted: [parameters, all].map(asRead) }
      },
    }
  },
}

/** Of a resource server that accepts Bearer tokens alone. */
function headerOf(
  refusal: RefusedError,
  texts: Pick<Parameters<typeof refusalHeaders>[1], 'errorUri' | 'realm'>,
): string {
  const policy = { ...texts, schemes: ['Bearer'], proofAlgorithms: [], issueNonce: () => undefined } as const
  const { 'WWW-Authenticate': value, ...others } = refusalHeaders(refusal, policy, undefined)
  if (typeof value !== 'string' || JSON.stringify(others) !== '{"Cache-Control":"no-store"}')
    throw new Finding('has other header fields than one challenge, and no-store')
  return value
}

function read(value: string): unknown {
  try {
    return referenceChallenges(value)
  } catch (error) {
    throw new Finding(String(error), { cause: error })
  }
}

/** What must be read: the same, without all that is no printable ASCII. */
function asRead(parameters: readonly (readonly [string, string | undefined])[]): unknown {
  const kept = parameters.flatMap(([name, value]) => (value === undefined ? [] : [[name, printable(value)]]))
  return [{ scheme: 'Bearer', parameters: kept }]
}

function printable(text: string): string {
  return Array.from(text)
    .filter((character) => character.length === 1 && character >= ' ' && character <= '~')
    .join('')
}
