import { ConfigurationError } from '../errors.js'
import { ownMembers } from '../json.js'

/** Option values as they came: nothing is known of their types, whatever TypeScript was told. */
export type Unchecked = Readonly<Record<string, unknown>>

/**
 * Copies the own members of an options object, each read once.
 *
 * @throws {@link ConfigurationError} where it is not a plain object, or has a member that is not an option: a misspelt
 *   safety option must not be silently without effect
 */
export function copyOptions(options: unknown, name: string, known: readonly string[]): Unchecked {
  const copy = copyPlain(options, name)
  const unknown = Object.keys(copy).find((member) => !known.includes(member))
  if (unknown === undefined) return copy
  throw new ConfigurationError(unknown, `is not an option${name === 'options' ? '' : ` of ${name}`}`)
}

/**
 * Copies the own members of a plain object, each read once.
 *
 * @throws {@link ConfigurationError} for everything else: a promise whose `await` was forgotten has no members, and must
 *   not pass for "no options"
 */
export function copyPlain(options: unknown, name: string): Unchecked {
  if (!isPlain(options)) throw new ConfigurationError(name, 'must be a plain object of options')
  return ownMembers(options)
}

/** Made by `{}` or `Object.create(null)`, in any realm. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** @throws {@link ConfigurationError} unless it is absent or a boolean */
export function parseBoolean(value: unknown, name: string): boolean {
  if (value !== undefined && typeof value !== 'boolean')
    throw new ConfigurationError(name, 'must be true or false')
  return value ?? false
}

/** @throws {@link ConfigurationError} unless it is a number within bounds */
export function parseNumber(value: unknown, name: string, least: number, most: number, unit: string): number {
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw new ConfigurationError(name, `must be a number of ${unit} from ${String(least)} to ${String(most)}`)
  }
  return value
}

/** @throws {@link ConfigurationError} unless it is a whole number within bounds */
export function parseWhole(value: unknown, name: string, least: number, most: number, unit: string): number {
  const number = parseNumber(value, name, least, most, unit)
  if (Number.isInteger(number)) return number
  throw new ConfigurationError(name, `must be a whole number of ${unit}`)
}

/** @throws {@link ConfigurationError} unless it is a string that UTF-8 can carry, and not empty */
export function parseText(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '' && !/\p{Surrogate}/u.test(value)) return value
  throw new ConfigurationError(name, 'must be a string that is not empty')
}

/** @throws {@link ConfigurationError} unless it is absent or one of `known` */
export function parseChoice<T extends string>(
  value: unknown,
  name: string,
  known: readonly T[],
): T | undefined {
  if (value === undefined || known.includes(value as T)) return value as T | undefined
  throw new ConfigurationError(name, `must be ${known.join(' or ')}`)
}

/** @throws {@link ConfigurationError} unless it is absent or a function */
export function checkFunction(value: unknown, name: string): void {
  if (value !== undefined && typeof value !== 'function')
    throw new ConfigurationError(name, 'must be a function')
}

/** @throws {@link ConfigurationError} unless it is absent or has all of these functions */
export function parseObjectWith<T extends object>(
  value: unknown,
  name: string,
  functions: readonly (string & keyof T)[],
): T | undefined {
  if (value === undefined) return undefined
  const members = (value ?? {}) as T
  if (functions.every((member) => typeof members[member] === 'function')) return value as T
  const [last, ...others] = [...functions].reverse()
  throw new ConfigurationError(name, `must have the functions ${others.reverse().join(', ')} and ${last}`)
}

/**
 * Reads one non-empty string or a list of them.
 *
 * @throws {@link ConfigurationError} where there is none, or one is empty: "no value" must not become "no check"
 */
export function parseStrings(value: unknown, name: string): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  const strings = values.filter((member) => typeof member === 'string' && member !== '')
  if (strings.length === 0 || strings.length !== values.length) {
    throw new ConfigurationError(name, 'must be a non-empty string, or a list of them')
  }
  return strings as readonly string[]
}

/** @throws {@link ConfigurationError} unless every value is one of `known` */
export function parseMembers<T>(values: readonly unknown[], name: string, known: readonly T[]): readonly T[] {
  const members = known.filter((member) => values.includes(member))
  if (members.length === 0 || !values.every((value) => known.includes(value as T))) {
    throw new ConfigurationError(name, `must be one or more of ${known.map(String).join(', ')}`)
  }
  return members
}
