import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Source } from '../apps/app.js'
import { APPS, type AppName } from '../apps/apps.js'

/** What this program is started with, as JSON. */
export interface AppSettings extends Source {
  readonly app: AppName
}

const settings = JSON.parse(process.argv[2] ?? '') as AppSettings

const server = createServer(APPS[settings.app].create(settings)).listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.({ port })
})
process.once('disconnect', () => process.exit())
