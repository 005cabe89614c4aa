import { RefusedError, UnavailableError } from '../../src/errors.js'

/** `accepted`, or the code of what is thrown, with its cause, as `ERR_PROOF_HEADER: typ`. */
export async function verdictOf(check: () => unknown): Promise<string> {
  try {
    await check()
    return 'accepted'
  } catch (error) {
    if (!(error instanceof RefusedError || error instanceof UnavailableError)) throw error
    return typeof error.cause === 'string' ? `${error.code}: ${error.cause}` : error.code
  }
}
