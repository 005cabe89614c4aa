/**
 * Runs without the stacks of errors: they take a third of the time, and much of what happens here ends in an error that
 * is expected.
 */
export async function withoutStacks<T>(run: () => Promise<T>): Promise<T> {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return await run()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
