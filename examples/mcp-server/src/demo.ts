import { createChecks } from './checks.js'
import { openStage } from './stage.js'
import { tellStory } from './story.js'

console.log('An MCP client finds out by itself whom to ask for a token\n')
const checks = createChecks(console.log)
const stage = await openStage()
try {
  await tellStory(stage, checks)
} finally {
  await stage.close()
}
if (!checks.finish()) process.exitCode = 1
