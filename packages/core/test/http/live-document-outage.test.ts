import { describe, expect, test } from '@jest/globals'
import { createScriptedDocument, fetched, outage, watch } from './scripted-document.js'

const A = expect.objectContaining({ content: 'a' })
const B = expect.objectContaining({ content: 'b' })

describe('in an outage', () => {
  /** A copy of 450 seconds, and a fetch that failed a moment ago. */
  async function fail(changes = {}) {
    const script = createScriptedDocument(changes)
    await script.fill()
    await script.pass(450)
    await script.end(outage)
    return script
  }

  test('uses the copy past its lifetime without waiting, whether a fetch is under way or not', async () => {
    const { document, fetches, sleep, pass } = await fail()
    sleep(150)
    expect(await document.get()).toEqual(A)
    expect(fetches).toHaveLength(2)
    await pass(4.5)
    expect(fetches).toHaveLength(3)
    expect(await document.get()).toEqual(A)
  })

  test.each([0, 100, 604_800])('uses it for the stale window, which is %d seconds', async (staleWindow) => {
    const { document, sleep, end } = await fail({ staleWindow })
    sleep(150 + staleWindow - 0.01)
    expect(await document.get()).toEqual(A)
    sleep(0.01)
    const outcome = watch(document.get())
    await end(outage)
    expect(outcome()).toMatchObject({ code: outage.code, retryAfter: expect.any(Number) })
  })

  test('uses it for as long past the lifetime that the server gave it', async () => {
    const { document, sleep, end } = createScriptedDocument({ staleWindow: 100 })
    document.refresh()
    await end(fetched({ lifetime: 1_000 }))
    document.refresh()
    await end(outage)
    sleep(1_099.99)
    expect(await document.get()).toEqual(A)
    sleep(0.01)
    expect(watch(document.get())()).toBe('pending')
  })

  test('is over with the first good fetch', async () => {
    const { document, pass, end } = await fail()
    await pass(4.5)
    await end(fetched({ content: 'b' }))
    expect(await document.get()).toEqual(B)
    expect(document.health().failure).toBeUndefined()
  })
})
