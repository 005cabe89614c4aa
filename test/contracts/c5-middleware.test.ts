import { describe, expect, test } from '@jest/globals'
import { FAULTS } from '@bearward/testing'
import { FRAMEWORKS } from '../support/frameworks.js'
import { sendRaw, withServer } from '../support/raw.js'
import { createApi, withToken } from './support-b/api.js'
import { behaveBoth } from './support-b/outage.js'
import { catchUnhandled } from './support-b/unhandled.js'

describe.each(FRAMEWORKS)('C5: out of the middleware of %s, nothing is thrown', (_name, createApp) => {
  test.each(FAULTS)('where the fault is %s: it answers 503, and nothing is left unhandled', async (fault) => {
    const { world, api, arrivals } = await createApi(createApp)
    behaveBoth(world, { fault })
    const unhandled = await catchUnhandled(() =>
      withServer(api.listener, async (port) => {
        const response = sendRaw(port, withToken(world, 'good'))
        await arrivals(1)
        await world.clock.advance(3)
        const { status, fieldValues } = await response
        expect(status).toBe(503)
        expect(fieldValues('www-authenticate')).toEqual([])
        await world.clock.advance(120)
      }),
    )
    expect(unhandled).toEqual([])
    expect(api.errors).toEqual([])
    expect(api.handled()).toBe(0)
  })

  test('and where nothing is wrong, the handler runs', async () => {
    const { world, api } = await createApi(createApp)
    expect((await sendRaw(api.listener, withToken(world, 'good'))).status).toBe(200)
    expect(api.handled()).toBe(1)
  })
})

describe.each(FRAMEWORKS)(
  'C5: out of the middleware of %s, what is thrown goes the way of errors',
  (_name, createApp) => {
    test.each([
      ['a requirement that throws', 'good', '/throws'],
      ['a refusalBody that throws', 'expired', '/me'],
    ] as const)('%s: once, with no handler run and nothing left unhandled', async (_, kind, target) => {
      const { world, api } = await createApi(createApp)
      const unhandled = await catchUnhandled(async () => {
        expect((await sendRaw(api.listener, withToken(world, kind, target))).status).toBe(500)
      })
      expect(unhandled).toEqual([])
      expect(api.errors.map(String)).toEqual(['Error: in a function of the API'])
      expect(api.handled()).toBe(0)
    })
  },
)
