/** What a demo demands, and whether it came so. */
export interface Checks {
  /** Notes whether what was received is what is demanded, and prints it. Both are compared as JSON. */
  check(what: string, received: unknown, demanded: unknown): void
  /** Prints the sum. Returns whether all was as demanded. */
  finish(): boolean
}

/** @param print Takes one line at a time. */
export function createChecks(print: (line: string) => void): Checks {
  let good = 0
  let bad = 0
  return {
    check(what, received, demanded) {
      const [got, expected] = [JSON.stringify(received), JSON.stringify(demanded)]
      if (got === expected) good += 1
      else bad += 1
      print(got === expected ? `  ✓ ${what}` : `  ✗ ${what}: expected ${expected}, got ${got}`)
    },
    finish() {
      print(`\n${good} of ${good + bad} answers as demanded.`)
      return good > 0 && bad === 0
    },
  }
}
