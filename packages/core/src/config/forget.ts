import type { ForgetCriteria } from '../introspection-options.js'

const isText = (value: unknown): boolean => typeof value === 'string'
const CRITERIA: Readonly<Record<string, (value: unknown) => boolean>> = {
  subject: isText,
  clientId: isText,
  sessionId: isText,
  issuedBefore: Number.isFinite,
}

/** @throws {TypeError} where there is no criterion, or one that would never fit: nothing must be kept by mistake */
export function parseForgetCriteria(criteria: ForgetCriteria): ForgetCriteria {
  const entries = Object.entries(criteria).filter(([, value]) => value !== undefined)
  const isKnown = ([name, value]: readonly [string, unknown]) =>
    Object.hasOwn(CRITERIA, name) && CRITERIA[name]?.(value) === true
  if (entries.length > 0 && entries.every(isKnown)) return Object.fromEntries(entries)
  throw new TypeError(
    'forgetWhere: needs one or more of subject, clientId, sessionId (strings) and issuedBefore (a number)',
  )
}
