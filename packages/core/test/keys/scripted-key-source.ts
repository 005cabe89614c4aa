import { createManualClock } from '../../../../test/support/manual-clock.js'
import { UnavailableError } from '../../src/errors.js'
import { createLiveDocument } from '../../src/http/live-document.js'
import type { VerificationKey } from '../../src/keys/jwk.js'
import type { KeySet } from '../../src/keys/key-set.js'
import { createKeySource } from '../../src/keys/key-source.js'
import type { Seconds } from '../../src/time.js'

/** What an authorization server that is down is good for. */
export const outage = new UnavailableError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', 'down')

const POLICY = { refreshInterval: 600, longestLifetime: 86_400, staleWindow: 86_400, waitLimit: 3 }
/** The wall clock begins here. */
const START: Seconds = 1_000_000

/** A key as far as a key source looks at it. Equal where the material is. */
export const createKey = (
  kid: string | undefined,
  material = String(kid),
  alg = 'ES256',
): VerificationKey => ({
  kid,
  algorithms: new Set([alg]),
  jwk: { kty: 'EC', x: material },
  identity: material,
})

/** Lets everything happen that needs no time. */
export const settle = () => new Promise(setImmediate)

/** A token, as far as a key source looks at it. */
interface Token {
  readonly alg?: string
  /** Default: an hour ago, so that each look was later. */
  readonly iat?: Seconds | undefined
  /** The material of the key that signed it. Default: what its `kid` names. */
  readonly signer?: string
}

/** A key source whose authorization server answers as the test says, and counts. */
export function createScriptedKeySource(...published: readonly VerificationKey[]) {
  const clock = createManualClock(START)
  const server = {
    keys: published,
    isDown: false,
    fetches: 0,
    /** What an answer waits for. */
    gate: Promise.resolve(),
    /** How often the place of the key set was asked for, and what that brings about. */
    searches: 0,
    locateAgain: (): Promise<unknown> => Promise.resolve(),
  }
  const keySet = createLiveDocument<KeySet>(
    async () => {
      server.fetches += 1
      await server.gate
      if (server.isDown) throw outage
      return { content: server.keys, validator: undefined, lifetime: undefined }
    },
    POLICY,
    clock,
    () => undefined,
  )
  keySet.plan()
  const locateAgain = () => {
    server.searches += 1
    return server.locateAgain()
  }
  const { find } = createKeySource(keySet, locateAgain, POLICY.waitLimit, clock)
  const tried: (string | undefined)[] = []
  /** The error of the last search. */
  const last: { error?: UnavailableError } = {}
  return {
    clock,
    server,
    keySet,
    tried,
    last,
    /** Lets time pass, and everything happen that comes of it. */
    async pass(seconds: Seconds) {
      await settle()
      clock.advance(seconds)
      await settle()
    },
    /** The `kid` of the key that signed a token, `none` where no candidate did, or the code of the error. */
    async find(kid: string | undefined, token: Token = {}): Promise<string> {
      const { alg = 'ES256', signer = kid } = token
      const issuedAt = 'iat' in token ? token.iat : clock.now() - 3_600
      try {
        const key = await find({ alg, kid, issuedAt }, (candidate) => {
          tried.push(candidate.jwk.x)
          return Promise.resolve(candidate.jwk.x === signer)
        })
        return key === undefined ? 'none' : String(key.kid)
      } catch (error) {
        last.error = error as UnavailableError
        return (error as UnavailableError).code
      }
    },
  }
}

/** A promise, and what fulfils it. */
export function createGate(): { readonly gate: Promise<void>; open(): void } {
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  return { gate, open: () => open() }
}
