import cluster from 'node:cluster'
import type { CertificateField } from '../binding/certificate-field.js'
import type { DpopPolicy } from '../binding/dpop.js'
import type { CertificateSource } from '../binding/mutual-tls.js'
import { createNonces } from '../binding/nonce.js'
import { createMemoryReplayStore, type ReplayStore } from '../binding/replay.js'
import type { SenderConstraintPolicy } from '../binding/sender-constraint.js'
import { ConfigurationError } from '../errors.js'
import type { Clock } from '../time.js'
import { parseAddressRanges } from './address-range.js'
import {
  copyOptions,
  parseBoolean,
  parseChoice,
  parseMembers,
  parseNumber,
  parseStrings,
  type Unchecked,
} from './check.js'
import { parseOrigin } from './origin.js'

const DPOP_OPTIONS = [
  'origin',
  'dangerouslyTrustHost',
  'algorithms',
  'proofMaxAge',
  'nonceSecrets',
  'replayStore',
]
const CERTIFICATE_OPTIONS = ['from', 'trustedProxies', 'dangerouslyAllowTls12']
/** In the order in which they are advertised (RFC 9449, section 7.1). */
const ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'Ed25519',
  'EdDSA',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
]
const PLACES: readonly (CertificateField | 'socket')[] = [
  'socket',
  'client-cert',
  'x-ssl-client-cert',
  'x-forwarded-client-cert',
]
const DEFAULT_MAX_AGE = { withoutNonces: 60, withNonces: 300 }
const LONGEST_MAX_AGE = 3_600
const MOST_SECRETS = 4
/** In characters, for as many bits as the key that is made of it has at least. */
const SHORTEST_SECRET = 32

/**
 * Checks which access tokens must be bound to who sends them, and how that is proved.
 *
 * @throws {@link ConfigurationError}
 */
export function parseSenderConstraint(
  { senderConstraint, dpop, clientCertificates, readAccessToken }: Unchecked,
  clock: Clock,
): SenderConstraintPolicy {
  const isRequired =
    parseChoice(senderConstraint, 'senderConstraint', ['required', 'when-bound']) === 'required'
  if (isRequired && dpop === undefined && clientCertificates === undefined) {
    throw new ConfigurationError('senderConstraint', 'required needs dpop, or clientCertificates, or both')
  }
  if (dpop !== undefined && readAccessToken !== undefined) {
    throw new ConfigurationError('dpop', 'contradicts readAccessToken: DPoP tokens come in the header')
  }
  return {
    isRequired,
    dpop: dpop === undefined ? undefined : parseDpop(dpop, clock),
    certificates: clientCertificates === undefined ? undefined : parseCertificates(clientCertificates),
  }
}

function parseDpop(value: unknown, clock: Clock): DpopPolicy {
  const options = copyOptions(value, 'dpop', DPOP_OPTIONS)
  const { algorithms = ALGORITHMS, nonceSecrets } = options
  const hasNonces = nonceSecrets !== undefined
  const { proofMaxAge = hasNonces ? DEFAULT_MAX_AGE.withNonces : DEFAULT_MAX_AGE.withoutNonces } = options
  return {
    origins: parseOrigins(options),
    algorithms: new Set(
      parseMembers(parseStrings(algorithms, 'dpop.algorithms'), 'dpop.algorithms', ALGORITHMS),
    ),
    maxAge: parseNumber(proofMaxAge, 'dpop.proofMaxAge', 1, LONGEST_MAX_AGE, 'seconds'),
    nonces: hasNonces ? createNonces(parseSecrets(nonceSecrets), clock) : undefined,
    replayStore: parseReplayStore(options['replayStore']) ?? createOwnReplayStore(clock),
    clock,
  }
}

/** What the target URI of a request begins with must not come from who sends it. */
function parseOrigins(options: Unchecked): readonly string[] | undefined {
  const trustsHost = parseBoolean(options['dangerouslyTrustHost'], 'dpop.dangerouslyTrustHost')
  const { origin } = options
  if (trustsHost && origin === undefined) return undefined
  if (trustsHost)
    throw new ConfigurationError('dpop.origin', 'contradicts dangerouslyTrustHost; give one of the two')
  if (origin === undefined) {
    throw new ConfigurationError('dpop.origin', 'is required: what clients write before the path')
  }
  return parseStrings(origin, 'dpop.origin').map((text) => parseOrigin(text, 'dpop.origin'))
}

function parseSecrets(value: unknown): readonly string[] {
  const secrets = parseStrings(value, 'dpop.nonceSecrets')
  if (secrets.length <= MOST_SECRETS && secrets.every((secret) => secret.length >= SHORTEST_SECRET))
    return secrets
  throw new ConfigurationError(
    'dpop.nonceSecrets',
    `must be one to ${MOST_SECRETS} strings of at least ${SHORTEST_SECRET} characters each`,
  )
}

function parseReplayStore(value: unknown): ReplayStore | undefined {
  if (value === undefined) return undefined
  const isStore = typeof value === 'object' && value !== null && 'add' in value
  if (isStore && typeof value.add === 'function') return value as ReplayStore
  throw new ConfigurationError('dpop.replayStore', 'must have the function add')
}

/** A proof that is refused by the process which accepted it may still be accepted by each of the others. */
function createOwnReplayStore(clock: Clock): ReplayStore {
  if (cluster.isWorker) {
    process.emitWarning(
      'Each process of this cluster notes used DPoP proofs for itself: give them one dpop.replayStore',
      { code: 'BEARWARD_REPLAY_STORE' },
    )
  }
  return createMemoryReplayStore(clock)
}

function parseCertificates(value: unknown): CertificateSource {
  const options = copyOptions(value, 'clientCertificates', CERTIFICATE_OPTIONS)
  const from = parseChoice(options['from'], 'clientCertificates.from', PLACES)
  const { trustedProxies } = options
  const allowsTls12 = parseBoolean(
    options['dangerouslyAllowTls12'],
    'clientCertificates.dangerouslyAllowTls12',
  )
  if (from === undefined) throw new ConfigurationError('clientCertificates.from', 'is required')
  if (from !== 'socket') {
    if (allowsTls12) {
      throw new ConfigurationError(
        'clientCertificates.dangerouslyAllowTls12',
        'is of no use with the certificate that a proxy sends',
      )
    }
    if (trustedProxies === undefined) {
      throw new ConfigurationError('clientCertificates.trustedProxies', 'is required: who may send the field')
    }
    return { from, isTrusted: parseAddressRanges(trustedProxies, 'clientCertificates.trustedProxies') }
  }
  if (trustedProxies === undefined) return { from, allowsTls12 }
  throw new ConfigurationError(
    'clientCertificates.trustedProxies',
    'is of no use with the certificate of the socket',
  )
}
