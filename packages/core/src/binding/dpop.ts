import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { verifySignature } from '#verify'
import { copyAscii } from '../ascii.js'
import { RefusedError } from '../errors.js'
import type { ProtectedResourceRequest } from '../request.js'
import type { Clock, Seconds } from '../time.js'
import { createClockSteps, type ClockSteps } from './clock-steps.js'
import type { Nonces } from './nonce.js'
import { parseProof, readProofKey, type ProofClaims, type ProofKey, type UnverifiedProof } from './proof.js'
import { noteUse, type ReplayStore } from './replay.js'
import { isTargetOf } from './target.js'

/** What a DPoP proof must be. */
export interface DpopPolicy {
  /** Public origins of the API; `undefined` where the `Host` field is believed. */
  readonly origins: readonly string[] | undefined
  readonly algorithms: ReadonlySet<string>
  readonly maxAge: Seconds
  /** `undefined`: no proof needs a nonce. */
  readonly nonces: Nonces | undefined
  readonly replayStore: ReplayStore
  readonly clock: Clock
}

/**
 * Checks that a request has a proof of possession of the key that its access token is bound to, made for this request, with
 * this token, just now, and not used before.
 *
 * @param thumbprint `jkt` of the token.
 *
 * @throws {@link RefusedError} `ERR_PROOF_MISSING`, `ERR_PROOF_REPEATED`, `ERR_PROOF_MALFORMED`, `ERR_PROOF_HEADER`,
 *   `ERR_PROOF_ALGORITHM`, `ERR_PROOF_SIGNATURE`, `ERR_PROOF_TARGET`, `ERR_PROOF_NONCE`, `ERR_PROOF_TIME`,
 *   `ERR_PROOF_TOKEN`, `ERR_TOKEN_KEY_BINDING`, `ERR_PROOF_REPLAYED`
 * @throws {@link UnavailableError} `ERR_REPLAY_STORE`
 */
export type CheckProof = (
  request: ProtectedResourceRequest,
  token: string,
  thumbprint: string,
) => Promise<void>

/** How far the clock of a client may be ahead, in seconds (RFC 9449, section 11.1). */
const CLOCK_AHEAD: Seconds = 30
/** A nonce is replaced in the second half of its life, with the answer to an accepted request. */
const NONCE_REPLACED_AFTER = 0.5
/** Past its last moment, a proof stays noted for so long, in seconds: clocks differ between processes, and are set. */
const NOTED_LONGER: Seconds = 30
/** Of what is kept of clients, in bytes: an imported key of P-256 takes most of it. */
const CLIENTS_SIZE = 25_165_824
const CLIENT_SIZE = 3_000
/** `uri-host [ ":" port ]` (RFC 9110, section 7.2): with a path or a query in it, it would say what the target is. */
const HOST = /^(?:\[[\da-f:.]+\]|(?:[\w\-.~!$&'()*+,;=]|%[\da-f]{2})+)(?::\d*)?$/i
/** The proof that was accepted with a request, by the store that noted it: a second `requireToken` sees no replay. */
const accepted = new WeakMap<ReplayStore, WeakMap<object, string>>()

/** What was found out with the latest proof of a key that a token is bound to. */
interface KnownClient {
  /** Of the proof, as received: all proofs of a client have the same. */
  readonly header: string
  readonly key: ProofKey
  readonly token: string
  /** Of that token. */
  readonly ath: string
}

/**
 * Makes the check of proofs, one line a step.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-4.3 RFC 9449, section 4.3}
 */
export function createProofCheck(policy: DpopPolicy): CheckProof {
  const steps = createClockSteps(policy.clock, NOTED_LONGER, CLOCK_AHEAD)
  const clients = createClients()
  return async (request, token, thumbprint) => {
    const proof = parseProof(readProof(request)) // steps 1, 2 and 3
    const known = clients.get(thumbprint)
    const key =
      known?.header === proof.header ? known.key : await readProofKey(proof, policy.algorithms, thumbprint) // steps 4, 5, 7 and 12
    await checkSignature(proof, key) // step 6
    checkRequest(proof.claims, request, policy) // steps 8 and 9
    const { timeLeft, nonceAges } = checkTime(proof.claims, policy, steps) // steps 10 and 11
    const ath = known?.token === token ? known.ath : digest(token)
    if (proof.claims.ath !== ath) throw new RefusedError('ERR_PROOF_TOKEN') // step 12
    if (key !== known?.key || ath !== known.ath)
      clients.set(thumbprint, { header: copyAscii(proof.header), key, token: copyAscii(token), ath })
    await checkFirstUse(digest(`${thumbprint} ${proof.claims.jti}`), timeLeft, request, policy) // section 11.1
    if (nonceAges) sendNonce(request, policy) // section 8.2
  }
}

function createClients(): LRUCache<string, KnownClient> {
  return new LRUCache({
    maxSize: CLIENTS_SIZE,
    sizeCalculation: ({ header, token }) => CLIENT_SIZE + 2 * header.length + token.length,
  })
}

function readProof(request: ProtectedResourceRequest): string {
  const [value, ...others] = request.fieldValues('dpop')
  if (value === undefined) throw new RefusedError('ERR_PROOF_MISSING')
  if (others.length > 0) throw new RefusedError('ERR_PROOF_REPEATED')
  return value
}

async function checkSignature(proof: UnverifiedProof, { alg, jwk }: ProofKey): Promise<void> {
  let cause: unknown
  const isGood = await verifySignature(jwk, alg, proof).catch((error: unknown) => {
    cause = error
    return false
  })
  if (!isGood) throw new RefusedError('ERR_PROOF_SIGNATURE', { cause })
}

function checkRequest(
  { htm, htu }: ProofClaims,
  request: ProtectedResourceRequest,
  { origins }: DpopPolicy,
): void {
  if (htm !== request.method) throw new RefusedError('ERR_PROOF_TARGET', { cause: 'htm' })
  if (!isTargetOf(htu, origins ?? readHost(request), request.target)) {
    throw new RefusedError('ERR_PROOF_TARGET', { cause: 'htu: see the option dpop.origin' })
  }
}

function readHost(request: ProtectedResourceRequest): readonly string[] {
  const [host, ...others] = request.fieldValues('host')
  if (host === undefined || others.length > 0 || !HOST.test(host)) return []
  return [`${request.secure === true ? 'https' : 'http'}://${host}`]
}

interface Timing {
  /** For how long the proof could be used again, in seconds. */
  readonly timeLeft: Seconds
  /** Whether the client should have another nonce. */
  readonly nonceAges: boolean
}

/** A nonce says better than `iat` when a proof was made: it needs no clock of the client. */
function checkTime(
  { iat, nonce }: ProofClaims,
  { nonces, maxAge, clock }: DpopPolicy,
  steps: ClockSteps,
): Timing {
  const now = clock.now()
  const isNow = (time: Seconds): boolean => time >= now - maxAge && time <= now + CLOCK_AHEAD
  if (nonces === undefined) {
    if (!isNow(iat)) throw new RefusedError('ERR_PROOF_TIME')
    steps.checkTime(iat, now)
    return { timeLeft: iat + maxAge - now, nonceAges: false }
  }
  const time = typeof nonce === 'string' ? nonces.findTime(nonce) : undefined
  if (time === undefined || !isNow(time)) throw new RefusedError('ERR_PROOF_NONCE') // section 9
  steps.checkTime(time, now)
  return { timeLeft: time + maxAge - now, nonceAges: now > time + maxAge * NONCE_REPLACED_AFTER }
}

function sendNonce(request: ProtectedResourceRequest, { nonces }: DpopPolicy): void {
  if (nonces === undefined) return
  request.setResponseField?.('DPoP-Nonce', nonces.issue())
  request.setResponseField?.('Cache-Control', 'no-store')
}

async function checkFirstUse(
  id: string,
  timeLeft: Seconds,
  { source }: ProtectedResourceRequest,
  { replayStore, maxAge, clock }: DpopPolicy,
): Promise<void> {
  const requests = accepted.get(replayStore) ?? new WeakMap<object, string>()
  accepted.set(replayStore, requests) // before anything is waited for: others come meanwhile
  if (source !== undefined && requests.get(source) === id) return
  // The latter as seen by a process whose clock differs from that of the one which noted it.
  const longest = maxAge + CLOCK_AHEAD + 2 * NOTED_LONGER
  if (!(await noteUse(id, { lifetime: timeLeft + NOTED_LONGER, longest }, replayStore, clock)))
    throw new RefusedError('ERR_PROOF_REPLAYED')
  if (source !== undefined) requests.set(source, id)
}

/** Base64url of SHA-256: of an access token, its `ath`. */
function digest(text: string): string {
  return hash('sha256', text, 'base64url')
}
