import { writeFile } from 'node:fs/promises'
import { countWrongAnswers, toMarkdown } from './report.js'
import { runStages } from './run.js'
import { COLD_START, SCHEDULE } from './schedule.js'

// The build folder: nothing of it is in the repository.
const RESULTS = new URL('./results.json', import.meta.url)

const results = await runStages([SCHEDULE, COLD_START])
await writeFile(RESULTS, JSON.stringify(results, null, 2))
console.log(await toMarkdown(results))
process.exit(countWrongAnswers(results, ['bearward', 'bearwardWithMetadata']) === 0 ? 0 : 1)
