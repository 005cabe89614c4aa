import { ConfigurationError } from '@bearward/core'

/** Option values as they came: nothing is known of their types, whatever TypeScript was told. */
export type Unchecked = Readonly<Record<string, unknown>>

/**
 * Copies the own members of a plain object, each read once.
 *
 * @throws {@link ConfigurationError} where it is something else, or has a member that is not known
 */
export function copyOptions(options: unknown, name: string, known: readonly string[]): Unchecked {
  if (!isPlain(options)) throw new ConfigurationError(name, 'must be a plain object of options')
  const copy = Object.assign(Object.create(null) as Unchecked, options)
  for (const member of Object.keys(copy)) {
    if (!known.includes(member)) throw new ConfigurationError(member, 'is not an option')
  }
  return copy
}

/** @throws {@link ConfigurationError} unless it is a string that UTF-8 can carry, and not empty */
export function parseText(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '' && !/\p{Surrogate}/u.test(value)) return value
  throw new ConfigurationError(name, 'must be a string that is not empty')
}

/** @throws {@link ConfigurationError} unless it is a number within bounds */
export function parseSeconds(value: unknown, name: string, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value
  throw new ConfigurationError(name, `must be a number of seconds from ${least} to ${most}`)
}

/**
 * Reads one string or a list of them.
 *
 * @param holds What is true of a good one.
 *
 * @throws {@link ConfigurationError} where one is not as it must be, or the list is empty
 */
export function parseList(
  value: unknown,
  name: string,
  holds: (text: string) => boolean,
  must: string,
): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? [...(value as unknown[])] : [value]
  const strings = values.filter((member) => typeof member === 'string')
  if (strings.length > 0 && strings.length === values.length && strings.every(holds))
    return [...new Set(strings)]
  throw new ConfigurationError(name, `must be ${must}, or a list of them`)
}

/** @throws {@link ConfigurationError} unless it is a function */
export function parseFunction<T>(value: T, name: string): T {
  if (typeof value === 'function') return value
  throw new ConfigurationError(name, 'must be a function')
}

/** Made by `{}` or `Object.create(null)`, in any realm: a promise whose `await` was forgotten has no options. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
