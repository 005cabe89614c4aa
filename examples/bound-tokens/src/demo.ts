import { createChecks } from './checks.js'
import { openStage } from './stage.js'
import { tellStory } from './story.js'

console.log('A token that is of no use to a thief\n')
const checks = createChecks(console.log)
const stage = await openStage()
try {
  await tellStory(stage, checks)
} finally {
  await stage.close()
}
if (!checks.finish()) process.exitCode = 1
