import { performance } from 'node:perf_hooks'
import { PluginKind, declareFactoryPlugin } from '@stryker-mutator/api/plugin'
import { determineHitLimitReached } from '@stryker-mutator/api/test-runner'
import { spreadCoverage, toLoadId } from './coverage.mjs'
import { loadTests } from './load.mjs'
import { HANGING, runTests } from './run.mjs'

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'bundle', createRunner)]

/** A mutant that tests do not notice in this time, of one processor, has survived. In microseconds. */
const BUDGET_US = { covering: 1_000_000, all: 3_000_000 }

const STACK_TRACE_LIMIT = Error.stackTraceLimit

/** Where mutants look which of them is active, and count how often they are met, and by whom. */
const stryker = (globalThis.__stryker__ ??= {})
stryker.mutantCoverage ??= { static: {}, perTest: {} }

/** Runs the tests of the bundle in its own process: loads them once, and switches mutants on and off in memory. */
function createRunner() {
  let pristine
  const findPristine = async () => (pristine ??= await load())

  /** Whether the test that noticed the mutant passes without it: then no mutant before has left anything behind. */
  async function isSound({ killer }) {
    const { byId, jest } = await findPristine()
    const { killer: again } = await runUntilFailure([byId.get(killer.id)], jest, BUDGET_US.all)
    return again === undefined
  }

  async function tryMutant(options) {
    const environment = await findPristine()
    activate(options)
    try {
      const { tests, jest } = await prepare(environment, options)
      return await runUntilFailure(
        tests,
        jest,
        options.testFilter === undefined ? BUDGET_US.all : BUDGET_US.covering,
      )
    } catch (error) {
      // Not even the tests can be defined.
      return { killer: environment.select(options.activeMutant.fileName)[0], error, count: 1 }
    } finally {
      deactivate()
    }
  }

  return {
    capabilities: () => ({ reloadEnvironment: true }),
    dryRun: async () => dryRun(await findPristine()),
    async mutantRun(options) {
      let outcome = await tryMutant(options)
      if (outcome.killer !== undefined && (outcome.error === HANGING || !(await isSound(outcome)))) {
        // Was that the mutant, what another has left behind, or a busy machine?
        pristine = undefined
        outcome = await tryMutant(options)
        if (outcome.killer !== undefined && !(await isSound(outcome))) {
          pristine = undefined
          return { status: 'error', errorMessage: `fails without the mutant too: ${outcome.killer.id}` }
        }
      }
      if (outcome.error === HANGING) pristine = undefined
      return toMutantRunResult(outcome, options)
    },
  }
}

const load = (source) => loadTests((file) => attribute(file && toLoadId(file)), source)

/**
 * The tests to ask about a mutant. Where it is met while code is loaded, that is loaded anew: the file that defines tests, or,
 * where what they share meets it, everything.
 */
async function prepare({ select, jest, reload }, { activeMutant, testFilter }) {
  if (testFilter === undefined) {
    const renewed = await load(activeMutant.fileName)
    await renewed.close()
    return renewed
  }
  const covering = new Set(testFilter)
  const tests = select(activeMutant.fileName).filter((test) => covering.has(test.id))
  const renewed = new Map()
  for (const file of new Set(tests.map((test) => test.file))) {
    if (stryker.mutantCoverage.perTest[toLoadId(file)]?.[activeMutant.id])
      renewed.set(file, await reload(file))
  }
  const find = ({ id, file }) => renewed.get(file)?.find((test) => test.id === id)
  return { tests: tests.map((test) => find(test) ?? test), jest }
}

async function dryRun({ tests, jest }) {
  const results = []
  let start = 0
  await runTests(tests, {
    jest,
    isPatient: true,
    enter(next) {
      if (next.run !== undefined) start = performance.now()
      attribute(next.id)
    },
    onEnd(test, error) {
      attribute(undefined)
      results.push(toTestResult(test, performance.now() - start, error))
      return true
    },
  })
  return { status: 'complete', tests: results, mutantCoverage: spreadCoverage(tests, stryker.mutantCoverage) }
}

async function runUntilFailure(tests, jest, budget) {
  const start = process.cpuUsage()
  let outcome = { count: 0 }
  await runTests(tests, {
    jest,
    enter: () => {},
    onEnd(test, error) {
      outcome = { count: outcome.count + 1, ...(error === undefined ? {} : { killer: test, error }) }
      const { user, system } = process.cpuUsage(start)
      return error === undefined && user + system < budget
    },
  })
  return outcome
}

function activate({ activeMutant, hitLimit }) {
  stryker.activeMutant = activeMutant.id
  stryker.hitCount = hitLimit === undefined ? undefined : 0
  stryker.hitLimit = hitLimit
}

function deactivate() {
  stryker.activeMutant = undefined
  Error.stackTraceLimit = STACK_TRACE_LIMIT // a mutant of errors may have left it changed
}

function attribute(id) {
  stryker.currentTestId = id
}

function toTestResult({ id, file }, timeSpentMs, error) {
  const result = { id, name: id, fileName: file, timeSpentMs }
  return error === undefined
    ? { ...result, status: 0 }
    : { ...result, status: 1, failureMessage: toMessage(error) }
}

function toMutantRunResult({ killer, error, count }, { hitLimit }) {
  const endless = determineHitLimitReached(stryker.hitCount, hitLimit)
  if (endless !== undefined) return endless
  if (killer === undefined) return { status: 'survived', nrOfTests: count }
  if (error === HANGING) return { status: 'timeout', reason: killer.id }
  return { status: 'killed', killedBy: [killer.id], failureMessage: toMessage(error), nrOfTests: count }
}

const toMessage = (error) => (error === HANGING ? 'does not end' : String(error?.stack ?? error))
