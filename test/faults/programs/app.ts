import type { AddressInfo } from 'node:net'
import express from 'express'
import type { Source } from '../apps/api.js'
import { LIBRARIES, type LibraryName } from '../apps/libraries.js'

/** What this program is started with, as JSON. */
export interface AppSettings extends Source {
  readonly library: LibraryName
}

const settings = JSON.parse(process.argv[2] ?? '') as AppSettings

const app = express()
app.use(LIBRARIES[settings.library].protect(settings))
app.get('/stats', (_req, res) => {
  res.json({ visits: 1 })
})

const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.({ port })
})
process.once('disconnect', () => process.exit())
