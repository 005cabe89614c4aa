import { describe, expect, test } from '@jest/globals'
import { createScriptedDocument, fetched, outage, settle, watch } from './scripted-document.js'

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
    const { document, fetches, sleep, pass, end } = await fail()
    sleep(149)
    document.refresh()
    await end(outage)
    sleep(1)
    expect(await document.get()).toEqual(A)
    expect(fetches).toHaveLength(3)
    await pass(9)
    expect(fetches).toHaveLength(4)
    expect(await document.get()).toEqual(A)
  })

  test('asks first where nobody has asked for longer than a pause and a fetch, because the process slept', async () => {
    const { document, fetches, sleep, end } = await fail()
    sleep(150)
    expect(document.atHand()).toBeUndefined()
    const outcome = watch(document.get())
    await settle()
    expect([outcome(), fetches.length]).toEqual(['pending', 3])
    await end(fetched({ content: 'b' }))
    expect(outcome()).toEqual(B)
  })

  test('has all wait for the fetch that was begun after the process slept, in which nobody asked', async () => {
    const { document, fetches, sleep, end } = await fail()
    sleep(150)
    document.refresh()
    await settle()
    const outcomes = [watch(document.get()), watch(document.get())]
    await settle()
    expect(outcomes.map((outcome) => outcome())).toEqual(['pending', 'pending'])
    expect(document.atHand()).toBeUndefined()
    await end(fetched({ content: 'b' }))
    expect(outcomes.map((outcome) => outcome())).toEqual([B, B])
    expect(fetches).toHaveLength(3)
  })

  test('waits for no fetch that was begun in time, however long it takes', async () => {
    const { document, fetches, fill, sleep, pass, end } = createScriptedDocument()
    await fill()
    sleep(590)
    document.refresh()
    await end(outage)
    await pass(4.5)
    expect(fetches).toHaveLength(3)
    await pass(124)
    expect(document.atHand()).toEqual(A)
    sleep(8)
    expect(document.atHand()).toBeUndefined() // the process slept
  })

  test.each([0, 100, 604_800])('uses it for the stale window, which is %d seconds', async (staleWindow) => {
    const { document, sleep, end } = await fail({ staleWindow })
    sleep(150 + staleWindow - 1)
    document.refresh()
    await end(outage)
    sleep(0.99)
    expect(await document.get()).toEqual(A)
    sleep(0.01 + 10) // and the pause after a failure
    const outcome = watch(document.get())
    await end(outage)
    expect(outcome()).toMatchObject({ code: outage.code, retryAfter: expect.any(Number) })
  })

  test('uses it for as long past the lifetime that the server gave it', async () => {
    const { document, sleep, end } = createScriptedDocument({ staleWindow: 100 })
    document.refresh()
    await end(fetched({ lifetime: 1_000 }))
    sleep(1_091)
    document.refresh()
    await end(outage)
    sleep(8.99)
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
