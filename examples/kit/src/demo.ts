import { createChecks, type Checks } from './checks.js'

/** All that runs in an example. */
export interface Closable {
  close(): Promise<void>
}

/** Tells the story of an example on its stage; the program ends with 1 where an answer was not as demanded. */
export async function runDemo<Stage extends Closable>(
  title: string,
  openStage: () => Promise<Stage>,
  tellStory: (stage: Stage, checks: Checks) => Promise<void>,
): Promise<void> {
  console.log(`${title}\n`)
  const checks = createChecks(console.log)
  const stage = await openStage()
  try {
    await tellStory(stage, checks)
  } finally {
    await stage.close()
  }
  if (!checks.finish()) process.exitCode = 1
}
