import { parseArgs } from 'node:util'
import { measureGrowth } from './growth.js'
import { printRuns } from './support/report.js'
import { TARGETS } from './targets/targets.js'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    executions: { type: 'string', default: '1e6' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    index: { type: 'string' },
    growth: { type: 'boolean', default: false },
  },
})
const unknown = positionals.filter((name) => !TARGETS.some((target) => target.name === name))
if (unknown.length > 0)
  throw new Error(
    `No such target: ${unknown.join()}. There are: ${TARGETS.map(({ name }) => name).join(', ')}`,
  )
const targets = TARGETS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))

if (values.growth) process.exit((await measureGrowth()) ? 0 : 1)
const index = values.index === undefined ? undefined : Number(values.index)
if (index === undefined) Error.stackTraceLimit = 0
const isGood = await printRuns(targets, Number(values.seed), Number(values.executions), index)
process.exit(isGood ? 0 : 1)
