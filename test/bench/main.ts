import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { drawChart } from './chart.js'
import { describeMachine } from './machine.js'
import { toMarkdown, type MakeTables, type Table } from './table.js'
import { compareDpop } from './tables/dpop.js'
import { compareEventLoops } from './tables/event-loop.js'
import { compareGrowth } from './tables/growth.js'
import { compareHttp } from './tables/http.js'
import { compareIntrospection } from './tables/introspection.js'
import { measureMemory } from './tables/memory.js'
import { compareVerdicts } from './tables/verdict.js'

const TABLES: Readonly<Record<string, MakeTables>> = {
  verdict: compareVerdicts,
  http: compareHttp,
  'event-loop': compareEventLoops,
  memory: measureMemory,
  growth: compareGrowth,
  introspection: compareIntrospection,
  dpop: compareDpop,
}

const CHART = 'Requests per second, as a share of those of the bare framework'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    svg: { type: 'string' },
  },
})
const names = positionals.length === 0 ? Object.keys(TABLES) : positionals
const unknown = names.filter((name) => TABLES[name] === undefined)
if (unknown.length > 0)
  throw new Error(`No such table: ${unknown.join(', ')}. There are: ${Object.keys(TABLES).join(', ')}`)

if (values.svg !== undefined && !names.includes('http'))
  throw new Error('The chart is drawn of the table `http`')

const machine = await describeMachine()
console.log(machine.join('\n\n'))
const tables: Table[] = []
for (const name of names) {
  const made = (await TABLES[name]?.({ isQuick: values.quick })) ?? []
  for (const table of made) console.log(`\n${toMarkdown(table)}`)
  tables.push(...made)
}
if (values.json !== undefined) await writeFile(values.json, JSON.stringify({ machine, tables }, null, 2))
if (values.svg !== undefined)
  await writeFile(
    values.svg,
    drawChart(
      CHART,
      tables.flatMap(({ bars = [] }) => bars),
    ),
  )
process.exit()
