import { createHook } from 'node:async_hooks'
import { createHash, generateKeyPairSync, randomBytes, randomUUID, scryptSync } from 'node:crypto'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import {
  createScriptedAuthorizationServer,
  createVirtualClock,
  type ScriptedAuthorizationServer,
  type VirtualClock,
} from '@bearward/testing'

const { subtle } = globalThis.crypto

let clock: VirtualClock
let server: ScriptedAuthorizationServer

beforeAll(async () => {
  clock = createVirtualClock()
  server = await createScriptedAuthorizationServer({ clock, algorithms: ['PS512', 'ES256'] })
})

/** Tells whether a promise has settled by now. */
function follow(promise: Promise<unknown>): { readonly settled: boolean } {
  const state = { settled: false }
  void promise.finally(() => {
    state.settled = true
  })
  return state
}

describe('settling', () => {
  test('waits for signatures, of which there are more than threads', async () => {
    const minted = follow(Promise.all(Array.from({ length: 20 }, () => server.mint())))
    expect(minted.settled).toBe(false)
    await clock.settle()
    expect(minted.settled).toBe(true)
  })

  test('waits for verifications, one after another', async () => {
    const key = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-521' }, false, ['sign', 'verify'])
    const algorithm = { name: 'ECDSA', hash: 'SHA-512' }
    const content = Buffer.alloc(100)
    async function verifyOften(): Promise<void> {
      clock.now()
      const signature = await subtle.sign(algorithm, key.privateKey, content)
      for (let count = 0; count < 10; count += 1) {
        expect(await subtle.verify(algorithm, key.publicKey, signature, content)).toBe(true)
      }
    }
    const verified = follow(verifyOften())
    await clock.settle()
    expect(verified.settled).toBe(true)
  })

  test('waits for new keys, hashes and derived ones', async () => {
    const rotated = follow(server.rotateKeys())
    await clock.settle()
    expect(rotated.settled).toBe(true)
    const hashed = follow(
      Promise.resolve(clock.now()).then(() => subtle.digest('SHA-256', Buffer.alloc(1e7))),
    )
    await clock.settle()
    expect(hashed.settled).toBe(true)
  })

  test('waits for what a timer begins, though it never looks at the clock', async () => {
    let hashed = false
    clock.after(
      1,
      () =>
        void subtle.digest('SHA-256', Buffer.alloc(1e7)).then(() => {
          hashed = true
        }),
    )
    await clock.advance(1)
    expect(hashed).toBe(true)
  })

  test('waits for what is put off to the next turn of the event loop, however late in this one', async () => {
    const nextTurn = () => new Promise((resolve) => setImmediate(resolve))
    const later = follow(nextTurn())
    const late = follow(
      Promise.resolve()
        .then(() => Promise.resolve())
        .then(nextTurn),
    )
    await clock.settle()
    expect([later.settled, late.settled]).toEqual([true, true])
  })

  test('does not wait for what never comes', async () => {
    const never = follow(new Promise(() => {}))
    await clock.settle()
    expect(never.settled).toBe(false)
  })

  test('does not wait for what was computed at once', async () => {
    clock.now()
    generateKeyPairSync('ec', { namedCurve: 'P-256' })
    scryptSync('password', 'salt', 16)
    randomBytes(16)
    randomUUID({ disableEntropyCache: true })
    createHash('sha256').update('').digest()
    await expect(clock.settle()).resolves.toBeUndefined()
  })

  test('leaves what is computed as it is', async () => {
    clock.now()
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    const digest = await subtle.digest('SHA-256', Buffer.alloc(0))
    expect([publicKey.asymmetricKeyType, Buffer.from(digest).toString('hex')]).toEqual(['ec', empty])
    await expect(subtle.digest('SHA-3', Buffer.alloc(0))).rejects.toThrow()
  })

  test('can be asked for by several at once', async () => {
    const minted = follow(server.mint())
    await Promise.all([clock.settle(), createVirtualClock().settle(), clock.settle()])
    expect(minted.settled).toBe(true)
  })

  test('watches what is computed while something runs, and at no other time', async () => {
    const hook = Object.getPrototypeOf(createHook({})) as ReturnType<typeof createHook>
    await clock.settle()
    const enable = jest.spyOn(hook, 'enable')
    const disable = jest.spyOn(hook, 'disable')
    clock.now()
    clock.monotonic()
    clock.random()
    const minted = follow(server.mint())
    expect([enable.mock.calls.length, disable.mock.calls.length]).toEqual([1, 0])
    await clock.settle()
    expect([minted.settled, enable.mock.calls.length, disable.mock.calls.length]).toEqual([true, 1, 1])
  })

  test('ends by itself where nobody asks for it', async () => {
    const hook = Object.getPrototypeOf(createHook({})) as ReturnType<typeof createHook>
    await clock.settle()
    const disabled = new Promise<void>((resolve) => {
      const { disable } = hook
      jest.spyOn(hook, 'disable').mockImplementation(function (this: typeof hook) {
        resolve()
        return disable.call(this)
      })
    })
    await server.mint()
    await expect(disabled).resolves.toBeUndefined()
  })
})
