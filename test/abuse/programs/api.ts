import { setTimeout as wait } from 'node:timers/promises'
import { requireScope, requireToken } from '@bearward/express'
import express from 'express'

/** What this program is started with, as JSON. */
export interface ApiSettings {
  readonly issuer: string
  readonly audience: string
}

/** What it says when it is asked: megabytes, after the garbage collector ran. */
export interface Memory {
  readonly heap: number
  readonly resident: number
}

const app = express()
app.use(requireToken(JSON.parse(process.argv[2] ?? '') as ApiSettings))
app.all('/stats', requireScope('stats:read'), (req, res) => {
  req.resume()
  res.json({ client: req.auth.clientId })
})

const server = app.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.once('disconnect', () => process.exit())
process.on('message', () => {
  void tellMemory()
})

async function tellMemory(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.()
    await wait(50)
  }
  const { heapUsed, rss } = process.memoryUsage()
  process.send?.({ heap: heapUsed / 1e6, resident: rss / 1e6 } satisfies Memory)
}
