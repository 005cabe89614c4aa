import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Source } from '../apps/app.js'
import { APPS, type AppName } from '../apps/apps.js'

/** What this program is started with, as JSON. */
export interface AppSettings extends Source {
  readonly app: AppName
  /** Whether the delay of its event loop is measured. */
  readonly watches: boolean
}

/** What it answers to `end`: since `begin`. */
export interface Usage {
  /** Time on processors, of all threads, in microseconds. */
  readonly cpu: number
  /** By how much the event loop was late, in milliseconds. */
  readonly delay: { readonly p50: number; readonly p99: number; readonly max: number }
}

/** In milliseconds. */
const RESOLUTION = 1

const settings = JSON.parse(process.argv[2] ?? '') as AppSettings
const histogram = monitorEventLoopDelay({ resolution: RESOLUTION })
let before = process.cpuUsage()

const handle = await APPS[settings.app].create(settings)
const server = createServer(handle).listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.({ port })
})
process.on('message', (question: 'begin' | 'end') => {
  if (question === 'begin') process.send?.(begin())
  else process.send?.(end())
})
process.once('disconnect', () => process.exit())

function begin(): object {
  histogram.reset()
  if (settings.watches) histogram.enable()
  before = process.cpuUsage()
  return {}
}

function end(): Usage {
  const { user, system } = process.cpuUsage(before)
  histogram.disable()
  const [p50, p99] = [histogram.percentile(50), histogram.percentile(99)]
  return { cpu: user + system, delay: { p50: toDelay(p50), p99: toDelay(p99), max: toDelay(histogram.max) } }
}

/** What is recorded is the time between two ticks, which come each millisecond where nothing is late. */
function toDelay(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - RESOLUTION)
}
