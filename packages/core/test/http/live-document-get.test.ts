import { describe, expect, test } from '@jest/globals'
import { ClosedError } from '../../src/errors.js'
import {
  broken,
  createScriptedDocument,
  fetched,
  outage,
  settle,
  timeOut,
  watch,
} from './scripted-document.js'

const A = expect.objectContaining({ content: 'a' })
const B = expect.objectContaining({ content: 'b' })
const LATE = expect.objectContaining({
  code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE',
  message: 'The authorization server did not answer: not in time for this request; the fetch goes on',
  retryAfter: 2,
})

const closed = new ClosedError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', 'this resource server is closed')

describe('without a copy', () => {
  test('waits for the first fetch, which all who ask share', async () => {
    const { document, fetches, end } = createScriptedDocument()
    const outcomes = [watch(document.get()), watch(document.get())]
    await end()
    expect(outcomes.map((outcome) => outcome())).toEqual([A, A])
    expect(fetches).toHaveLength(1)
  })

  test('waits no longer than the wait limit; the fetch goes on for the next', async () => {
    const { document, fetches, clock, end, pass } = createScriptedDocument({ waitLimit: 3 })
    const outcome = watch(document.get())
    await pass(2.99)
    expect(outcome()).toBe('pending')
    await pass(0.01)
    expect(outcome()).toEqual(LATE)
    const next = watch(document.get())
    await end()
    expect(next()).toEqual(A)
    expect(fetches).toHaveLength(1)
    expect(clock.timers).toBe(1)
  })

  test('waits until the deadline that is given, which may be none', async () => {
    const { document, pass, end } = createScriptedDocument()
    await pass(10)
    const [patient, hasty] = [watch(document.get(Infinity)), watch(document.get(11))]
    await pass(0.99)
    expect(hasty()).toBe('pending')
    await pass(0.01)
    expect(hasty()).toEqual(LATE)
    await pass(500)
    expect(patient()).toBe('pending')
    await end()
    expect(patient()).toEqual(A)
  })

  test('gives none that was older than its lifetime when it came, because the process slept', async () => {
    const { document, fetches, sleep, end } = createScriptedDocument()
    const outcome = watch(document.get(Infinity))
    await settle()
    sleep(600)
    await end()
    expect([outcome(), fetches.length]).toEqual(['pending', 2])
    await end(fetched({ content: 'b' }))
    expect(outcome()).toEqual(B)
  })

  test('leaves no timer of those who waited', async () => {
    const { document, clock, end } = createScriptedDocument()
    const outcome = watch(document.get())
    expect(clock.timers).toBe(2) // the other looks whether the process sleeps
    await end()
    expect(outcome()).toEqual(A)
    document.stop()
    expect(clock.timers).toBe(0)
  })
})

describe('with a fresh copy', () => {
  test('waits for nothing, whether a fetch is under way or not', async () => {
    const { document, fetches, fill, pass } = createScriptedDocument()
    await fill()
    expect(await document.get()).toEqual(A)
    await pass(449.9)
    expect(await document.get()).toEqual(A)
    expect(fetches).toHaveLength(1)
    await pass(150.099)
    expect(fetches).toHaveLength(2)
    expect(await document.get()).toEqual(A)
  })

  test('gives the new one as soon as it is there', async () => {
    const { document, fill, pass, end } = createScriptedDocument()
    await fill()
    await pass(450)
    expect(await document.get()).toEqual(A)
    await end(fetched({ content: 'b' }))
    expect(await document.get()).toEqual(B)
  })
})

describe('with an overdue copy that nobody has looked at, because the process slept', () => {
  async function wakeUp(changes = {}) {
    const script = createScriptedDocument(changes)
    await script.fill()
    script.sleep(600)
    return script
  }

  test('begins a fetch, and waits for it', async () => {
    const { document, fetches, end } = await wakeUp()
    const outcomes = [watch(document.get()), watch(document.get())]
    await end(fetched({ content: 'b' }))
    expect(outcomes.map((outcome) => outcome())).toEqual([B, B])
    expect(fetches).toHaveLength(2)
  })

  test('waits for the fetch that has just begun', async () => {
    const { document, fetches, fill, pass, end } = createScriptedDocument()
    await fill()
    await pass(600)
    expect(fetches).toHaveLength(2)
    const outcome = watch(document.get())
    await end(fetched({ content: 'b' }))
    expect(outcome()).toEqual(B)
    expect(fetches).toHaveLength(2)
  })

  test('does not wait a moment earlier', async () => {
    const { document, fetches, fill, sleep } = createScriptedDocument()
    await fill()
    sleep(599.99)
    expect(await document.get()).toEqual(A)
    expect(fetches).toHaveLength(1)
  })

  test('waits as long for a fetch that was under way, and has it begin anew when it ends', async () => {
    const { document, fetches, fill, pass, sleep, end } = createScriptedDocument()
    await fill()
    await pass(450)
    sleep(600)
    const outcome = watch(document.get())
    await end(outage)
    expect(outcome()).toBe('pending')
    expect(fetches).toHaveLength(3)
    const other = watch(document.get())
    await pass(2.7)
    expect([outcome(), other()]).toEqual(['pending', 'pending'])
    await end(fetched({ content: 'b' }))
    expect([outcome(), other()]).toEqual([B, B])
  })

  test('waits no longer than that in all where the process is busy, and the server hangs', async () => {
    const { document, pass, sleep } = await wakeUp()
    const outcome = watch(document.get())
    for (let turn = 0; turn < 3; turn += 1) {
      await pass(0.9)
      sleep(0.45)
      expect(outcome()).toBe('pending')
    }
    await pass(0.5)
    expect(outcome()).toEqual(A)
  })

  test('asks again where connections turn out to be broken, one after the other', async () => {
    const { document, fetches, pass, end } = await wakeUp()
    const waiting = watch(document.get())
    for (let asked = 2; asked <= 6; asked += 1) {
      await end(broken)
      await pass(0.1)
      expect([waiting(), document.atHand(), fetches.length]).toEqual(['pending', undefined, asked])
      await pass(0.1)
      expect([document.atHand(), fetches.length]).toEqual([undefined, asked + 1])
    }
    await end(fetched({ content: 'b' }))
    expect([waiting(), document.atHand()]).toEqual([B, B])
  })

  test('uses the copy where they all are, and asks once at a time from then', async () => {
    const { document, fetches, pass, end } = await wakeUp()
    const waiting = watch(document.get())
    for (let asked = 2; asked <= 6; asked += 1) {
      await end(broken)
      await pass(0.2)
    }
    await end(broken)
    expect([waiting(), document.atHand(), fetches.length]).toEqual([A, A, 7])
    await pass(5)
    await end(broken)
    await pass(1)
    expect([document.atHand(), fetches.length]).toEqual([A, 8])
  })

  test('asks as often again where it sleeps once more in an outage', async () => {
    const { document, fetches, pass, end, sleep } = await wakeUp()
    document.refresh()
    await end(timeOut)
    expect([document.atHand(), fetches.length]).toEqual([A, 2])
    sleep(11)
    const waiting = watch(document.get())
    await end(broken)
    await pass(0.2)
    expect([waiting(), fetches.length]).toEqual(['pending', 4])
    await end(fetched({ content: 'b' }))
    expect(waiting()).toEqual(B)
  })

  test.each([
    ['at once', false],
    ['as soon as it is', true],
  ])('gives no copy where the resource server is closed: %s', async (_when, isLater) => {
    const { document, end, pass } = await wakeUp()
    const waiting = watch(document.get())
    if (isLater) await pass(1)
    await end(closed)
    expect([waiting(), document.atHand()]).toEqual([
      expect.objectContaining({ code: closed.code }),
      undefined,
    ])
    await pass(100)
    const next = watch(document.get())
    await end(closed)
    expect(next()).toMatchObject({ code: closed.code, retryAfter: 10 })
  })

  test('gives a copy that is not overdue where it is closed', async () => {
    const { document, fill, end } = createScriptedDocument()
    await fill()
    document.refresh()
    await end(closed)
    expect(await document.get()).toEqual(A)
  })

  test('has a connection that broke before the copy expired count at once', async () => {
    const { document, fill, pass, end } = createScriptedDocument()
    await fill()
    await pass(450)
    await pass(149)
    await end(broken)
    await pass(1)
    expect(document.atHand()).toEqual(A)
  })

  test('uses the copy where the fetch fails', async () => {
    const { document, end } = await wakeUp()
    const outcome = watch(document.get())
    expect(outcome()).toBe('pending')
    await end(outage)
    expect(outcome()).toEqual(A)
  })

  test('uses the copy where the fetch takes longer than the wait limit, counted from its start', async () => {
    const { document, pass } = await wakeUp()
    const early = watch(document.get())
    await pass(1)
    const outcomes = [early, watch(document.get()), watch(document.get(602))]
    await pass(0.99)
    expect(outcomes.map((outcome) => outcome())).toEqual(['pending', 'pending', 'pending'])
    await pass(0.01)
    expect(outcomes.map((outcome) => outcome())).toEqual(['pending', 'pending', A])
    await pass(0.99)
    expect(outcomes.map((outcome) => outcome())).toEqual(['pending', 'pending', A])
    await pass(0.01)
    expect(outcomes.map((outcome) => outcome())).toEqual([A, A, A])
  })

  test('waits no longer than that either where the caller has more time', async () => {
    const { document, pass } = await wakeUp()
    const outcome = watch(document.get(Infinity))
    await pass(3)
    expect(outcome()).toEqual(A)
  })

  test('cannot use the copy where its time runs out meanwhile', async () => {
    const { document, fetches, pass } = await wakeUp({ staleWindow: 2 })
    const outcome = watch(document.get(603))
    await pass(3)
    await pass(0)
    expect(outcome()).toEqual(LATE)
    expect(fetches).toHaveLength(2)
  })
})
