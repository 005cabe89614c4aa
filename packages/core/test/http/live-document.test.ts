import { describe, expect, test } from '@jest/globals'
import { UnavailableError } from '../../src/errors.js'
import { createScriptedDocument, fetched, outage, settle, watch } from './scripted-document.js'

const A = expect.objectContaining({ content: 'a' })
const B = expect.objectContaining({ content: 'b' })
const restored = {
  content: 'r',
  validator: undefined,
  lifetime: 600,
  fetchedAt: -100,
  confirmations: 0,
}

describe('reload', () => {
  test('fetches although the copy is fresh, and gives what comes', async () => {
    const { document, fetches, fill, end } = createScriptedDocument()
    await fill()
    const outcome = watch(document.reload())
    await end(fetched({ content: 'b' }))
    expect(outcome()).toEqual(B)
    expect(fetches).toHaveLength(2)
  })

  test('joins the fetch that is under way', async () => {
    const { document, fetches, end } = createScriptedDocument()
    document.refresh()
    const outcome = watch(document.reload())
    await end()
    expect(outcome()).toEqual(A)
    expect(fetches).toHaveLength(1)
  })

  test('tells each caller of a failure with an error of its own, and when to come again', async () => {
    const { document, end } = createScriptedDocument()
    const outcomes = [watch(document.reload()), watch(document.reload())]
    await end(outage)
    const errors = outcomes.map((outcome) => outcome() as UnavailableError)
    for (const error of errors) {
      expect(error).toBeInstanceOf(UnavailableError)
      const { code, message, cause } = outage
      expect(error).toMatchObject({ code, message, cause, retryAfter: 5 })
    }
    expect(new Set([outage, ...errors]).size).toBe(3)
  })

  test('fails although there is a copy', async () => {
    const { document, fill, end } = createScriptedDocument()
    await fill()
    const outcome = watch(document.reload())
    await end(outage)
    expect(outcome()).toMatchObject({ code: outage.code })
    expect(await document.get()).toEqual(A)
  })

  test('waits until its deadline, and no longer', async () => {
    const { document, pass } = createScriptedDocument()
    const [short, usual] = [watch(document.reload(1)), watch(document.reload())]
    await pass(1)
    expect([short(), usual()]).toEqual([expect.objectContaining({ retryAfter: 2 }), 'pending'])
    await pass(1.99)
    expect(usual()).toBe('pending')
    await pass(0.01)
    expect(usual()).toMatchObject({ retryAfter: 2 })
  })

  test('asks for the document whatever its validator; a refresh asks whether it still holds', async () => {
    const { document, fetches, end } = createScriptedDocument()
    const validator = { url: 'u', etag: '"1"' }
    for (const ask of [document.refresh, document.reload, document.refresh]) {
      void ask()
      await end(fetched({ validator }))
    }
    expect(fetches.map((fetch) => fetch.validator)).toEqual([undefined, undefined, validator])
  })
})

describe('join', () => {
  test('waits for the fetch that is under way, and does not throw where it fails', async () => {
    const { document, end } = createScriptedDocument()
    document.refresh()
    const outcome = watch(document.join())
    await settle()
    expect(outcome()).toBe('pending')
    await end(outage)
    expect(outcome()).toBeUndefined()
  })

  test('waits for nothing, and fetches nothing, where no fetch is under way', async () => {
    const { document, fetches, clock } = createScriptedDocument()
    await document.join()
    expect([fetches.length, clock.timers]).toEqual([0, 0])
  })

  test('throws where the fetch takes longer', async () => {
    const { document, pass } = createScriptedDocument()
    document.refresh()
    const [usual, given] = [watch(document.join()), watch(document.join(5))]
    await pass(3)
    expect([usual(), given()]).toEqual([expect.objectContaining({ retryAfter: 2 }), 'pending'])
    await pass(2)
    expect(given()).toMatchObject({ retryAfter: 2 })
  })
})

describe('restore', () => {
  test('has a copy to use at once, and fetches another one', async () => {
    const { document, fetches, end } = createScriptedDocument()
    document.restore(restored)
    expect(await document.get()).toBe(restored)
    await end()
    expect(await document.get()).toEqual(A)
    expect(fetches).toHaveLength(1)
  })

  test('changes nothing where there is a copy, but that another is fetched', async () => {
    const { document, fetches, fill } = createScriptedDocument()
    await fill()
    document.restore(restored)
    expect(document.copy()).toEqual(A)
    await settle()
    expect(fetches).toHaveLength(2)
  })
})

describe('after stop', () => {
  test('whoever asks still has a fetch made, and no other is planned', async () => {
    const { document, fetches, clock, end, pass } = createScriptedDocument()
    document.stop()
    const outcome = watch(document.get())
    await end()
    expect(outcome()).toEqual(A)
    expect(clock.timers).toBe(0)
    await pass(600)
    expect(fetches).toHaveLength(1)
  })

  test('whoever waits is answered', async () => {
    const { document, end } = createScriptedDocument()
    const outcome = watch(document.get())
    document.stop()
    await end()
    expect(outcome()).toEqual(A)
  })

  test('it can be told whether a fetch is under way, as before', async () => {
    const { document, end } = createScriptedDocument()
    expect(document.isFetching()).toBe(false)
    document.refresh()
    expect(document.isFetching()).toBe(true)
    document.stop()
    expect(document.isFetching()).toBe(true)
    await end()
    expect(document.isFetching()).toBe(false)
  })
})
