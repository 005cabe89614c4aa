import { createChecks } from './checks.js'
import { openStage } from './stage.js'
import { tellStory } from './story.js'

console.log('JWTs of one issuer, and opaque access tokens of another\n')
const checks = createChecks(console.log)
const stage = await openStage()
try {
  await tellStory(stage, checks)
} finally {
  await stage.close()
}
if (!checks.finish()) process.exitCode = 1
