import type { FreshnessOptions } from '../introspection-options.js'
import { copyOptions, parseNumber } from './check.js'

const LONGEST_AGE = 3_600

/**
 * Checks how old a verdict may be.
 *
 * @throws {@link ConfigurationError}
 */
export function parseFreshness(options: unknown): FreshnessOptions {
  const { maxAge } = copyOptions(options, 'options', ['maxAge'])
  return { maxAge: parseNumber(maxAge, 'maxAge', 0, LONGEST_AGE, 'seconds') }
}
