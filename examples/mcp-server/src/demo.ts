import { runDemo } from '@bearward/example-kit'
import { openStage } from './stage.js'
import { tellStory } from './story.js'

await runDemo('An MCP client finds out by itself whom to ask for a token', openStage, tellStory)
