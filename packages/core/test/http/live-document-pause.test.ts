import { describe, expect, test } from '@jest/globals'
import { AskedPauseError } from '../../src/errors.js'
import { createScriptedDocument, outage, watch } from './scripted-document.js'

const A = expect.objectContaining({ content: 'a' })

describe('after a failure, those who cannot do without a copy', () => {
  test.each([
    [1, 5],
    [2, 10],
    [3, 10],
    [6, 10],
  ])(
    'number %d, are told so without a fetch for %d seconds, however long the planned pause is',
    async (count, seconds) => {
      const { document, fetches, sleep, end } = createScriptedDocument()
      for (let index = 0; index < count; index += 1) {
        document.refresh()
        await end(outage)
      }
      expect(() => {
        document.checkPause()
      }).toThrow(expect.objectContaining({ code: outage.code, message: outage.message, retryAfter: seconds }))
      sleep(seconds - 1.5)
      await expect(document.get()).rejects.toMatchObject({ code: outage.code, retryAfter: 2 })
      await expect(document.reload()).rejects.toMatchObject({ code: outage.code, retryAfter: 2 })
      sleep(1.49)
      await expect(document.reload()).rejects.toMatchObject({ code: outage.code, retryAfter: 1 })
      sleep(0.01)
      expect(() => {
        document.checkPause()
      }).not.toThrow()
      expect(fetches).toHaveLength(count)
      const outcome = watch(document.get())
      await end()
      expect(outcome()).toEqual(A)
    },
  )

  test('are told so for as long as the server asks for', async () => {
    const { document, sleep, end } = createScriptedDocument()
    const outcome = watch(document.get())
    await end(new AskedPauseError('ERR_AUTHORIZATION_SERVER_RESPONSE', 'busy', { retryAfter: 120 }))
    expect(outcome()).toMatchObject({ retryAfter: 120 })
    sleep(119.9)
    await expect(document.get()).rejects.toMatchObject({ retryAfter: 1 })
    sleep(0.1)
    expect(watch(document.get())()).toBe('pending')
  })

  test('join a fetch that is under way, pause or not', async () => {
    const { document, end } = createScriptedDocument()
    document.refresh()
    await end(outage)
    document.refresh()
    expect(() => {
      document.checkPause()
    }).not.toThrow()
    const outcome = watch(document.get())
    await end()
    expect(outcome()).toEqual(A)
  })

  test('have no pause to keep once a fetch was good, or where none was made', async () => {
    const { document, end, fill } = createScriptedDocument()
    expect(() => {
      document.checkPause()
    }).not.toThrow()
    document.refresh()
    await end(outage)
    await fill()
    expect(() => {
      document.checkPause()
    }).not.toThrow()
  })
})
