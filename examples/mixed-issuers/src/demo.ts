import { runDemo } from '@bearward/example-kit'
import { openStage } from './stage.js'
import { tellStory } from './story.js'

await runDemo('JWTs of one issuer, and opaque access tokens of another', openStage, tellStory)
