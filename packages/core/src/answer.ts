import { atOnce } from './at-once.js'
import type { Scheme } from './binding/confirmation.js'
import { refusalHeaders, type ChallengePolicy } from './challenge/challenge.js'
import { causeOf, copyOutage, RefusedError, UnavailableError, type ResponseHeaders } from './errors.js'
import type { CommonOptions, RefusalBody } from './options.js'

/** A response, ready to send. */
export interface Answer {
  readonly status: number
  /** A list stands for several field lines. `WWW-Authenticate` is to be added to what is there, the rest replaces it. */
  readonly headers: ResponseHeaders
  /** Empty where there is no body. */
  readonly body: string
}

/** How refusals are answered. */
export interface AnswerPolicy {
  readonly challenge: ChallengePolicy
  readonly hideForbidden: boolean
  readonly refusalBody: CommonOptions['refusalBody']
  readonly onRefusal: CommonOptions['onRefusal']
}

/**
 * Settles what becomes of an error: a refusal gets its final status and header fields, and is reported.
 *
 * @param scheme Of the credentials in the request; `undefined` where there were none, or more than one.
 */
export function settle(error: unknown, policy: AnswerPolicy, scheme?: Scheme): unknown {
  if (!(error instanceof RefusedError || error instanceof UnavailableError)) return error
  const settled = error instanceof RefusedError ? addAnswer(error, policy, scheme) : copyOutage(error)
  report(settled, policy.onRefusal)
  return settled
}

/** Gets the very error that is answered. What it throws changes nothing, and cannot end the process either. */
function report(refusal: RefusedError | UnavailableError, onRefusal: CommonOptions['onRefusal']): void {
  try {
    atOnce<unknown>(onRefusal?.(refusal))
  } catch {
    // said in the documentation of the option
  }
}

function addAnswer(refusal: RefusedError, policy: AnswerPolicy, scheme: Scheme | undefined): RefusedError {
  const { code, scope, authentication } = refusal
  const cause = causeOf(refusal)
  if (refusal.status === 403 && policy.hideForbidden) {
    // RFC 9110, section 15.5.4
    return new RefusedError(code, { cause, status: 404, headers: { 'Cache-Control': 'no-store' } })
  }
  const headers = refusalHeaders(refusal, policy.challenge, scheme)
  return new RefusedError(code, {
    cause,
    headers,
    ...(scope !== undefined && { scope }),
    ...(authentication && { authentication }),
  })
}

/** Turns one of our errors into a response, and nothing else: an unknown error is not ours to answer. */
export function toAnswer(error: unknown, policy: AnswerPolicy): Answer | undefined {
  if (!(error instanceof RefusedError || error instanceof UnavailableError)) return undefined
  const body = atOnce((policy.refusalBody ?? defaultBody)(error))
  if (body === undefined) return { status: error.status, headers: { ...error.headers }, body: '' }
  checkBody(body)
  return {
    status: error.status,
    headers: { ...error.headers, 'Content-Type': body.contentType },
    body: body.content,
  }
}

/** Says nothing that the challenge does not say. */
function defaultBody(refusal: RefusedError | UnavailableError): RefusalBody | undefined {
  if (!(refusal instanceof RefusedError) || refusal.error === undefined) return undefined
  const content = JSON.stringify({ error: refusal.error, error_description: refusal.description })
  return { contentType: 'application/json', content }
}

/** A body that cannot be sent must fail here, and not in the middle of the response. */
function checkBody({ contentType, content }: { [name in keyof RefusalBody]: unknown }): void {
  const isText = typeof contentType === 'string' && typeof content === 'string'
  if (isText && /^[\x20-\x7E]+$/.test(contentType)) return
  throw new TypeError('refusalBody must return { contentType, content }, two strings, or undefined')
}
