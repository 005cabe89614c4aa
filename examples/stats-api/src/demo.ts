import { parseArgs } from 'node:util'
import { choosePaint, report } from './report.js'
import { serve } from './serve.js'
import { openStage } from './stage.js'
import { tellStory } from './story.js'

const isServing = readFlags().serve
const stage = await openStage()
try {
  if (isServing) await serve(stage, console.log)
  else if (!(await report(tellStory(stage), console.log, choosePaint(process.stdout)))) process.exitCode = 1
} finally {
  await stage.close()
}

function readFlags() {
  try {
    return parseArgs({ options: { serve: { type: 'boolean', default: false } } }).values
  } catch {
    console.error('Usage: demo [--serve]')
    process.exit(2)
  }
}
