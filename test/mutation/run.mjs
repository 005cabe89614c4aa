import { performance } from 'node:perf_hooks'

// Tests replace timers.
const { setInterval, clearInterval, setImmediate } = globalThis

/** A test that has waited this long while nothing happened waits for what will not come. */
const IDLE_MS = 3000
/** Longer than any of the tests is busy. */
const BUSY_MS = 20_000

/** What a test ends with that does not end. */
export const HANGING = Symbol('hanging')

/**
 * Runs tests one after the other, each between the hooks of its suites.
 *
 * @param isPatient Whether to wait for as long as it takes.
 * @param enter What runs next: a test, or a suite whose hooks run before its first test.
 * @param onEnd A test has ended, with an error, `HANGING` or `undefined`. Whether to go on.
 */
export async function runTests(tests, { jest, isPatient = false, enter, onEnd }) {
  const open = []
  for (const test of tests) {
    const error = await attempt(async () => {
      const suites = [...test.suite.parents, test.suite]
      await closeSuites(open, (suite) => suites.includes(suite))
      enter(test)
      await openSuites(open, suites, test, enter)
      await runTest(test, suites)
    }, isPatient)
    jest.restoreAllMocks()
    if (!onEnd(test, error)) break
  }
  await attempt(() => closeSuites(open, () => false), isPatient)
}

async function runTest(test, suites) {
  for (const hook of suites.flatMap((suite) => suite.beforeEach)) await hook()
  try {
    await test.run()
  } finally {
    for (const hook of suites.toReversed().flatMap((suite) => suite.afterEach)) await hook()
  }
}

async function openSuites(open, suites, test, enter) {
  for (const suite of suites) {
    if (open.includes(suite)) continue
    open.push(suite)
    enter(suite)
    for (const hook of suite.beforeAll) await hook()
    enter(test)
  }
}

async function closeSuites(open, isKept) {
  while (open.length > 0 && !isKept(open.at(-1))) {
    for (const hook of open.pop().afterAll) await hook()
  }
}

/** What `run` throws, or what is thrown behind its back, as jest has it. */
async function attempt(run, isPatient) {
  let timer
  const stray = new Promise((_resolve, reject) => (onStray = reject))
  const hanging = new Promise((resolve) => (timer = watch(() => isPatient || resolve(HANGING))))
  const done = async () => {
    await run()
    // What nobody has handled by now, nobody will.
    await nextTurn()
  }
  try {
    return await Promise.race([done(), stray, hanging])
  } catch (error) {
    return error ?? new Error('nothing was thrown')
  } finally {
    clearInterval(timer)
    onStray = undefined
    await nextTurn() // what a failed test leaves behind is not the fault of the next one
  }
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

let onStray
for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, (error) => onStray?.(new Error(`unhandled: ${error?.stack ?? error}`)))
}

/** Tells waiting from being slow on a busy machine: by how long the event loop had nothing to do. */
function watch(onHanging) {
  const start = performance.eventLoopUtilization()
  return setInterval(() => {
    const { idle, active } = performance.eventLoopUtilization(start)
    if (idle > IDLE_MS || active > BUSY_MS) onHanging()
  }, 250)
}
