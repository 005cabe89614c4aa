import { setTimeout as sleep } from 'node:timers/promises'
import { CACHE_SECONDS } from './apps/api.js'
import { LIBRARY_NAMES, type LibraryName } from './apps/libraries.js'
import { AUDIENCE, createKey, startAuthorizationServer } from './authorization-server.js'
import { openCountingPort } from './counting-port.js'
import { startLoad, type Load } from './load.js'
import { startProgram } from './program.js'
import type { AppSettings } from './programs/app.js'
import type { Phase, World } from './schedule.js'
import { createTally, type Tally } from './tally.js'
import { createWallet } from './tokens.js'
import { createTruth } from './truth.js'

/** Everything that was counted. */
export interface Results {
  readonly phases: readonly Phase[]
  readonly tallies: Readonly<Record<LibraryName, Tally>>
}

/** What is going on. Requests and fetches are counted under its name. */
interface Situation {
  phase: string
  mix: Phase['mix']
}

/**
 * Takes all libraries through the same phases, at the same time, against the same authorization server.
 *
 * @param stages Each with new processes of the libraries.
 */
export async function runStages(stages: readonly (readonly Phase[])[]): Promise<Results> {
  const world = await createWorld()
  const phases = stages.flat()
  const names = phases.map(({ name }) => name)
  const tallies = Object.fromEntries(
    LIBRARY_NAMES.map((library) => [library, createTally(names, world.truth)]),
  ) as Record<LibraryName, Tally>
  for (const stage of stages) await runStage(stage, tallies, world)
  await world.server.kill()
  return { phases, tallies }
}

async function createWorld(): Promise<World> {
  const keys = [createKey('key-1'), createKey('key-2'), createKey('key-3')] as const
  const server = await startAuthorizationServer(keys[0])
  const [truth, wallet] = [createTruth(CACHE_SECONDS), createWallet()]
  truth.publish(keys[0])
  wallet.put(await server.requestToken())
  return { server, truth, wallet, keys }
}

async function runStage(
  [first, ...others]: readonly Phase[],
  tallies: Results['tallies'],
  world: World,
): Promise<void> {
  if (first === undefined) return
  const situation: Situation = { phase: first.name, mix: first.mix }
  const start = (library: LibraryName) => startApp(library, world, tallies[library], situation)
  const apps = await Promise.all(LIBRARY_NAMES.map(start))
  await first.begin(world)
  for (const app of apps) {
    app.startLoad()
    await sleep(1000 / apps.length) // so that not all send at once
  }
  await wait(first)
  for (const phase of others) {
    situation.phase = phase.name
    await phase.begin(world)
    situation.mix = phase.mix
    await wait(phase)
  }
  await Promise.all(apps.map((app) => app.stop()))
}

async function wait({ name, seconds }: Phase): Promise<void> {
  console.error(`${name}: ${String(seconds)} s`)
  await sleep(seconds * 1000)
}

/** An application that one library protects, and the requests to it. */
async function startApp(library: LibraryName, world: World, tally: Tally, situation: Situation) {
  const { server, wallet } = world
  const port = await openCountingPort(server.port, () => {
    tally.addFetch(situation.phase)
  })
  const settings: AppSettings = { library, issuer: server.issuer, audience: AUDIENCE, origin: port.origin }
  const app = await startProgram<{ readonly port: number }>('app', settings)
  let sent = 0
  const next = () => {
    const kind = situation.mix[sent++ % situation.mix.length] ?? 'current'
    return { token: wallet.take(kind), phase: situation.phase }
  }
  let load: Load | undefined
  return {
    startLoad() {
      load = startLoad(`http://127.0.0.1:${String(app.greeting.port)}`, next, tally.addAnswer, tally.addNone)
    },
    async stop() {
      await load?.stop()
      await app.kill()
      port.close()
    },
  }
}
