import { describe, expect, test } from '@jest/globals'
import { createScriptedDocument, fetched, outage } from './scripted-document.js'

describe('the health of a document', () => {
  test('is that of one which was never fetched, before it is asked for', () => {
    const { document, clock } = createScriptedDocument()
    expect(document.health()).toEqual({
      age: undefined,
      timeLeft: 0,
      staleSince: undefined,
      nextRefresh: undefined,
      failure: undefined,
    })
    expect(document.copy()).toBeUndefined()
    expect(clock.timers).toBe(0)
  })

  test('tells the age of the copy, its time and the next fetch', async () => {
    const { document, end, pass } = createScriptedDocument({ staleWindow: 1_000 })
    document.refresh()
    await pass(2)
    await end()
    await pass(98)
    expect(document.health()).toEqual({
      age: 100,
      timeLeft: 1_500,
      staleSince: undefined,
      nextRefresh: 350,
      failure: undefined,
    })
    expect(document.copy()).toMatchObject({ content: 'a' })
  })

  test('tells what failed and when, and that no fetch is planned while one is under way', async () => {
    const { document, fill, end, pass } = createScriptedDocument()
    await fill()
    await pass(450)
    expect(document.health().nextRefresh).toBeUndefined()
    await pass(1)
    await end(outage)
    expect(document.health()).toMatchObject({
      age: 451,
      nextRefresh: 4.5,
      failure: { error: outage, at: 1_000_451 },
    })
  })

  test('tells since when the copy is stale: since the end of its lifetime', async () => {
    const { document, end, pass, sleep } = createScriptedDocument({ staleWindow: 1_000 })
    document.refresh()
    await end(fetched({ lifetime: 600 }))
    document.refresh()
    await end(outage)
    sleep(599.9)
    expect(document.health().staleSince).toBeUndefined()
    sleep(0.1)
    expect(document.health()).toMatchObject({ staleSince: 1_000_600, timeLeft: 1_000 })
    await pass(100)
    expect(document.health()).toMatchObject({ staleSince: 1_000_600, timeLeft: 900, age: 700 })
  })

  test('has no time left, and never less, after the stale window', async () => {
    const { document, fill, sleep } = createScriptedDocument({ staleWindow: 1_000 })
    await fill()
    sleep(1_599.5)
    expect(document.health().timeLeft).toBe(0.5)
    sleep(0.5)
    expect(document.health().timeLeft).toBe(0)
    sleep(1_000)
    expect(document.health().timeLeft).toBe(0)
  })

  test('is told after the end as before, with nothing planned', async () => {
    const { document, fill } = createScriptedDocument()
    await fill()
    document.stop()
    expect(document.health()).toMatchObject({ age: 0, nextRefresh: undefined })
  })
})
