import { ConfigurationError } from '../../src/errors.js'

/** What is said against options, as `name: problem`, or `accepted`; the name is that of the option at fault. */
export function problemOf(parse: () => unknown): string {
  try {
    parse()
    return 'accepted'
  } catch (error) {
    if (!(error instanceof ConfigurationError) || !error.message.startsWith(`${error.option}: `)) throw error
    return error.message
  }
}
