import { runInThisContext } from 'node:vm'

/** The process itself: tests have a copy of it, in which nothing that goes wrong outside of them is heard. */
const main = runInThisContext('process') as NodeJS.Process

/**
 * What ended as an unhandled rejection or an uncaught exception while something ran.
 *
 * Jest fails the test as well; here it is known in which run of a property it was.
 */
export async function catchUnhandled(run: () => Promise<void>): Promise<readonly unknown[]> {
  const errors: unknown[] = []
  const note = (error: unknown) => void errors.push(error)
  main.on('unhandledRejection', note)
  main.on('uncaughtException', note)
  try {
    await run()
    await new Promise((resolve) => setImmediate(resolve)) // Node.js looks for them between two turns
  } finally {
    main.off('unhandledRejection', note)
    main.off('uncaughtException', note)
  }
  return errors
}
