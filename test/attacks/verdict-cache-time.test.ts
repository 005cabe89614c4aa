import { expect } from '@jest/globals'
import { createRecallingServers, SURELY_KEPT } from '../support/recalled.js'
import { rule, ruleForEach } from '../support/rule.js'

rule('VTC-04', 'looks at exp of a kept verdict on a JWT for each request', async () => {
  const { clock, keep, kept, verdictOn } = await createRecallingServers()
  const token = await keep({ exp: clock.now() + 100 })
  clock.step(104.999)
  expect([kept(token)?.token, await verdictOn(token)]).toEqual([token, 'accepted'])
  clock.step(0.001)
  expect([kept(token), await verdictOn(token)]).toEqual([undefined, 'ERR_TOKEN_EXPIRED'])
  clock.step(-0.001)
  expect([await verdictOn(token), kept(token)?.token]).toEqual(['accepted', token])
})

rule('VTC-04', 'looks at nbf of a kept verdict on a JWT, with a clock that is set back', async () => {
  const { clock, keep, kept, verdictOn } = await createRecallingServers()
  const token = await keep({ nbf: clock.now(), iat: clock.now() - 100 })
  clock.step(-5)
  expect([kept(token)?.token, await verdictOn(token)]).toEqual([token, 'accepted'])
  clock.step(-0.001)
  expect([kept(token), await verdictOn(token)]).toEqual([undefined, 'ERR_TOKEN_NOT_YET_VALID'])
  clock.step(0.001)
  expect(await verdictOn(token)).toBe('accepted')
})

rule('VTC-04', 'looks at iat of a kept verdict on a JWT, with a clock that is set back', async () => {
  const { clock, keep, kept, verdictOn } = await createRecallingServers()
  const token = await keep({ iat: clock.now() })
  clock.step(-60)
  expect([kept(token)?.token, await verdictOn(token)]).toEqual([token, 'accepted'])
  clock.step(-0.001)
  expect([kept(token), await verdictOn(token)]).toEqual([undefined, 'ERR_TOKEN_NOT_YET_VALID'])
})

rule('VTC-04', 'looks at the greatest age of a JWT for each request', async () => {
  const { clock, keep, kept, verdictOn } = await createRecallingServers({ maxTokenAge: 30 })
  const token = await keep({ iat: clock.now() })
  await clock.advance(35)
  expect([kept(token)?.token, await verdictOn(token)]).toEqual([token, 'accepted'])
  await clock.advance(0.001)
  expect([kept(token), await verdictOn(token)]).toEqual([undefined, 'ERR_TOKEN_TOO_OLD'])
})

ruleForEach(
  'VTC-04',
  { 'a day forward, and back': 86_400, 'ten years back, and forward': -315_360_000 },
  'judges by the time that is now, when the clock was set %s',
  async (seconds) => {
    const { clock, keep, kept, verdictOn } = await createRecallingServers()
    const token = await keep()
    clock.step(seconds)
    const expected = seconds > 0 ? 'ERR_TOKEN_EXPIRED' : 'ERR_TOKEN_NOT_YET_VALID'
    expect([kept(token), await verdictOn(token)]).toEqual([undefined, expected])
    clock.step(-seconds)
    expect([await verdictOn(token), kept(token)?.token]).toEqual(['accepted', token])
  },
)

rule(['VTC-04', 'VTC-11'], 'uses no kept verdict on a JWT while the clock says NaN', async () => {
  let isBroken = false
  const { clock: virtual } = await createRecallingServers()
  const clock = { ...virtual, now: () => (isBroken ? NaN : virtual.now()) }
  const { authorizationServer, resourceServer, verdictOn, kept } = await createRecallingServers({ clock })
  const iat = Math.floor(virtual.now())
  const token = await authorizationServer.mint({ iat, exp: iat + 300 })
  for (let time = 0; time < SURELY_KEPT; time += 1) expect(await verdictOn(token)).toBe('accepted')
  expect(kept(token)?.token).toBe(token)
  isBroken = true
  expect([kept(token), await verdictOn(token)]).toEqual([undefined, 'ERR_TOKEN_EXPIRED'])
  isBroken = false
  expect(await verdictOn(token)).toBe('accepted')
  resourceServer.close()
})
