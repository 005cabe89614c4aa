import type { NeededAuthentication } from './authorization/step-up.js'
import { ownMembers } from './json.js'
import { OUTAGES, REFUSALS, type OutageCode, type RefusalCode, type RefusalEntry } from './refusals.js'

/** Header fields by name; a list stands for several field lines. */
export type ResponseHeaders = Readonly<Record<string, string | string[]>>

/** What is said in place of a refusal that is hidden: nothing (RFC 9110, section 15.5.4). */
const HIDDEN: RefusalEntry = { status: 404, description: 'Not found' }

interface RefusalDetails {
  /** What went wrong underneath. For telemetry; never sent. */
  readonly cause?: unknown
  /** Scopes that the request needs, separated by spaces (RFC 6750, section 3). */
  readonly scope?: string
  /** The authentication of the user that the request needs (RFC 9470, section 3). */
  readonly authentication?: NeededAuthentication
  readonly status?: number
  readonly headers?: ResponseHeaders
}

/**
 * The client must act: the request is refused.
 *
 * `status` and `headers` are ready to send. `message`, `description` and `error` are fixed texts; only `cause` may hold
 * details of the request, and is for telemetry alone. `stack` names no place: no code is at fault, and taking it would cost
 * more than most verdicts, which anybody can ask for.
 *
 * @example
 *   try {
 *     await resourceServer.authenticate(request)
 *   } catch (error) {
 *     if (error instanceof RefusedError && error.code === 'ERR_TOKEN_EXPIRED') countExpired()
 *     throw error
 *   }
 */
export class RefusedError extends Error {
  override readonly name: 'RefusedError'
  readonly code: RefusalCode
  /** HTTP status: 400, 401, 403, or 404 where `hideForbidden` is set. */
  readonly status: number
  /**
   * `error` code of RFC 6750, section 3.1, RFC 9449, section 7.1 (`invalid_dpop_proof`) and section 9 (`use_dpop_nonce`), or
   * RFC 9470, section 3; absent where the request carried no credentials, or the refusal is hidden.
   */
  readonly error: string | undefined
  /** Fixed text for developers, as sent in `error_description`. */
  readonly description: string
  /** Scopes that the request needs, separated by spaces; absent where scopes are not the reason. */
  readonly scope: string | undefined
  /** The authentication of the user that the request needs; absent where that is not the reason. */
  readonly authentication: NeededAuthentication | undefined
  /** Header fields of the answer: the challenge, and `Cache-Control: no-store`. */
  readonly headers: ResponseHeaders

  constructor(code: RefusalCode, details: RefusalDetails = {}) {
    const own: RefusalDetails = ownMembers(details)
    const entry: RefusalEntry = own.status === 404 ? HIDDEN : REFUSALS[code]
    const { stackTraceLimit } = Error
    const isLifted = Reflect.set(Error, 'stackTraceLimit', 0) // not where it is frozen
    try {
      super(entry.description, 'cause' in own ? { cause: own.cause } : undefined)
    } finally {
      if (isLifted) Error.stackTraceLimit = stackTraceLimit // no call, which could overflow the stack
    }
    this.name = 'RefusedError'
    this.code = code
    this.status = own.status ?? entry.status
    this.error = Object.hasOwn(entry, 'error') ? entry.error : undefined
    this.description = entry.description
    this.scope = own.scope
    this.authentication = own.authentication
    this.headers = Object.freeze({ ...own.headers })
  }
}

/**
 * An operator must act, of the authorization server, or, with `ERR_REPLAY_STORE`, of this API: the request cannot be judged
 * now. Answered with 503 and `Retry-After`, without a challenge, so that no client throws a good token away.
 *
 * `message` and `cause` name addresses from the configuration and are for the operator; neither is sent.
 */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError'
  readonly code: OutageCode
  readonly status = 503
  /** When to try again, in whole seconds, at least 1. */
  readonly retryAfter: number
  readonly headers: ResponseHeaders

  constructor(code: OutageCode, detail: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    const own: typeof options = ownMembers(options)
    super(`${OUTAGES[code]}: ${detail}`, 'cause' in own ? { cause: own.cause } : undefined)
    this.code = code
    this.retryAfter = Math.max(1, Math.ceil(own.retryAfter ?? 5))
    this.headers = Object.freeze({ 'Cache-Control': 'no-store', 'Retry-After': String(this.retryAfter) })
  }
}

/** Whatever is asked of the server now would fail, and not this one question only. */
export class GeneralOutageError extends UnavailableError {}

/** The authorization server asks to be left alone for `retryAfter` (RFC 9110, section 10.2.3). */
export class AskedPauseError extends GeneralOutageError {}

/** This resource server is closed: nobody was asked. */
export class ClosedError extends GeneralOutageError {}

/**
 * One for each request: what one does to its error, such as tagging it, must not show in another's.
 *
 * @param retryAfter Default: as it was.
 */
export function copyOutage(
  outage: UnavailableError,
  retryAfter: number = outage.retryAfter,
): UnavailableError {
  const { code, message } = outage
  const Outage = [ClosedError, AskedPauseError, GeneralOutageError].find((kind) => outage instanceof kind)
  return new (Outage ?? UnavailableError)(code, message.slice(`${OUTAGES[code]}: `.length), {
    cause: causeOf(outage),
    retryAfter,
  })
}

/** Its own: a polluted `Object.prototype` says nothing. */
export function causeOf(error: Error): unknown {
  return Object.hasOwn(error, 'cause') ? error.cause : undefined
}

/** The same, but of something that was needed on the way: it says nothing of the server that was to be asked. */
export function asSingleOutage(error: unknown): unknown {
  if (!(error instanceof GeneralOutageError)) return error
  const { code, message, retryAfter } = error
  return new UnavailableError(code, message.slice(`${OUTAGES[code]}: `.length), { cause: error, retryAfter })
}

/**
 * The developer must act: an option is missing, unknown or unusable, or a guard has no `requireToken` before it. Thrown
 * at start-up, but for such a guard, which only a request can find. Names the option, never its value.
 */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly code = 'ERR_CONFIGURATION'
  /** Name of the option, or of the environment variable, at fault. */
  readonly option: string

  constructor(option: string, problem: string) {
    super(`${option}: ${problem}`)
    this.option = option
  }
}
