import { runDemo } from '@bearward/example-kit'
import { openStage } from './stage.js'
import { tellStory } from './story.js'

await runDemo('An API calls another API as itself', openStage, tellStory)
