/** What comes of it, or what it throws: a refusal takes its time, too. */
export function attempt(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}
