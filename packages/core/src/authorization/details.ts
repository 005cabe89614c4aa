import { atOnce } from '../at-once.js'
import { ConfigurationError } from '../errors.js'
import { deepFreeze, isJsonObject, isStringArray, type JsonObject } from '../json.js'
import type { AccessTokenClaims } from '../token/claims.js'
import type { Requirement } from './requirement.js'

/**
 * One entry of `authorization_details`: what a token allows, in terms of its `type`. Frozen.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9396#section-2 RFC 9396, section 2}
 */
export interface AuthorizationDetail {
  readonly type: string
  readonly locations?: readonly string[]
  readonly actions?: readonly string[]
  readonly datatypes?: readonly string[]
  readonly identifier?: string
  readonly privileges?: readonly string[]
  readonly [name: string]: unknown
}

/** What one entry must hold: of a list all of these values, perhaps among others; anything else exactly so. */
export type AuthorizationDetailShape = AuthorizationDetail

/** Judges one entry. */
export type AuthorizationDetailPredicate = (detail: AuthorizationDetail) => boolean

/** Members that narrow what an entry allows (RFC 9396, section 2.2). */
const LISTS = ['locations', 'actions', 'datatypes', 'privileges']
const LIMITS = [...LISTS, 'identifier']

/**
 * Reads the authorization details of an access token, or of what introspection said of it. None where the claim is not as
 * RFC 9396 has it, in any of its entries.
 *
 * @example
 *   const payment = authorizationDetails(auth.claims).find(({ type }) => type === 'payment_initiation')
 */
export function authorizationDetails(claims: AccessTokenClaims): readonly AuthorizationDetail[] {
  const details: unknown = Object.hasOwn(claims, 'authorization_details') && claims.authorization_details
  return Array.isArray(details) && details.every(isDetail) ? details : []
}

/**
 * Requires that one entry of `authorization_details` has a shape, or that a predicate returns `true` for it. Entries are
 * judged one by one: what two of them allow together does not count.
 *
 * An entry that is limited by `locations`, `actions`, `datatypes`, `privileges` or `identifier` fits no shape that does not
 * name that member; what the shape names and the entry has not is not allowed.
 *
 * @throws {@link ConfigurationError} where `required` is neither. At a request, a predicate that returns anything but a
 *   boolean is a `TypeError`.
 *
 * @example
 *   detailsThat({ type: 'account_information', actions: ['read_balances'] })
 */
export function detailsThat(required: AuthorizationDetailShape | AuthorizationDetailPredicate): Requirement {
  if (typeof required === 'function') return toRequirement(required, [])
  const shape = parseShape(required)
  return toRequirement((detail) => fits(detail, shape), [shape.type])
}

function toRequirement(
  predicate: AuthorizationDetailPredicate,
  authorizationDetailsTypes: readonly string[],
): Requirement {
  const isAllowing = (detail: AuthorizationDetail): boolean => {
    const isMet = atOnce<unknown>(predicate(detail))
    if (typeof isMet === 'boolean') return isMet
    throw new TypeError('A predicate on authorization details must return true or false, at once')
  }
  return Object.assign<Requirement, Pick<Requirement, 'authorizationDetailsTypes'>>(
    ({ claims }) =>
      authorizationDetails(claims).some(isAllowing)
        ? undefined
        : { code: 'ERR_AUTHORIZATION_DETAILS_INSUFFICIENT' },
    { authorizationDetailsTypes },
  )
}

function fits(detail: AuthorizationDetail, shape: AuthorizationDetailShape): boolean {
  const isLimited = LIMITS.some((name) => Object.hasOwn(detail, name) && !Object.hasOwn(shape, name))
  if (isLimited) return false
  return Object.entries(shape).every(
    ([name, asked]) => Object.hasOwn(detail, name) && covers(detail[name], asked),
  )
}

/** RFC 9396, section 12: strings are compared as they stand. */
function covers(granted: unknown, asked: unknown): boolean {
  if (!Array.isArray(asked)) return isSame(granted, asked)
  return Array.isArray(granted) && asked.every((value) => granted.some((member) => isSame(member, value)))
}

/** Whether two JSON values are the same, of whatever realm they are. */
function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false
    return one.every((member, index) => isSame(member, other[index]))
  }
  if (!isJsonObject(one) || !isJsonObject(other)) return one === other
  const names = Object.keys(one)
  if (names.length !== Object.keys(other).length) return false
  return names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]))
}

function isDetail(entry: unknown): entry is AuthorizationDetail {
  if (!isJsonObject(entry) || !isText(entry, 'type')) return false
  const isWellFormed = LISTS.every((name) => !Object.hasOwn(entry, name) || isStringArray(entry[name]))
  return isWellFormed && (!Object.hasOwn(entry, 'identifier') || isText(entry, 'identifier'))
}

function isText(entry: JsonObject, name: string): boolean {
  return Object.hasOwn(entry, name) && typeof entry[name] === 'string' && entry[name] !== ''
}

/** A copy. "No value" must not become "no check". */
function parseShape(shape: unknown): AuthorizationDetailShape {
  if (!isDetail(shape)) {
    throw new ConfigurationError('authorizationDetails', 'must be a predicate, or an object with a type')
  }
  const isEmpty = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0)
  const empty = Object.keys(shape).find((name) => isEmpty(shape[name]))
  if (empty !== undefined) throw new ConfigurationError(empty, 'must have a value, or be left out')
  if (!isJson(shape)) throw new ConfigurationError('authorizationDetails', 'must hold what JSON can hold')
  return deepFreeze(structuredClone(shape))
}

/** Objects of other kinds, such as dates, have no members: an empty object would be the same. */
function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return Array.from(value).every(isJson) // holes as well
  if (isJsonObject(value)) return isPlain(value) && Object.values(value).every(isJson)
  return value === null || typeof value === 'string' || typeof value === 'boolean'
}

/** Of whatever realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
