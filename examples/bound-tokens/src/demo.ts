import { runDemo } from '@bearward/example-kit'
import { openStage } from './stage.js'
import { tellStory } from './story.js'

await runDemo('A token that is of no use to a thief', openStage, tellStory)
