/** Which mutants the code meets that a test file runs while it is loaded. */
export const toLoadId = (file) => `load ${file}`

/**
 * Coverage as Stryker wants it, for each test and nothing else: what a file does while it is loaded, or a suite in the hooks
 * that run once, is done for each of the tests in it.
 */
export function spreadCoverage(tests, { static: whileLoaded, perTest }) {
  const spread = tests.map((test) => {
    const ids = [
      test.id,
      toLoadId(test.file),
      ...[...test.suite.parents, test.suite].map((suite) => suite.id),
    ]
    return [test.id, addUp(ids.map((id) => perTest[id] ?? {}))]
  })
  return { static: whileLoaded, perTest: Object.fromEntries(spread) }
}

function addUp(counts) {
  const sum = {}
  for (const [id, count] of counts.flatMap(Object.entries)) sum[id] = (sum[id] ?? 0) + count
  return sum
}
