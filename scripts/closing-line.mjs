import { writeSync } from 'node:fs'

/**
 * A jest reporter that closes the whole run with one line for people and machines: `N passed, N failed[, N skipped]`. A
 * test file that could not be loaded counts as one failure.
 */
export default class ClosingLine {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites
    const skipped = results.numPendingTests + results.numTodoTests
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`
    // Other reporters and the coverage threshold still write after this call.
    process.once('exit', () => writeSync(process.stdout.fd, line))
  }
}
