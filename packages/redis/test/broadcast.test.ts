import { expect, test } from '@jest/globals'
import { rule } from '../../../test/support/rule.js'
import { createBroadcast } from '../src/broadcast.js'
import type { Connection } from '../src/connection.js'
import { createEncryption, type Encryption } from '../src/encryption.js'
import type { Subscriber } from '../src/subscription.js'

const LONGEST = 4_096
const encryption = createEncryption(['a secret of thirty-two characters'])

/** A channel that a test sends messages on, and what is told of them. */
function listen(others?: { missed: string }) {
  const told: string[] = []
  const decrypted: string[] = []
  const sure: string[] = []
  const subscribers: Subscriber[] = []
  const connection = {
    subscribe: (_channel: string, subscriber: Subscriber) => void subscribers.push(subscriber),
    publish: async (_channel: string, message: string) => {
      send(message)
      return Promise.resolve()
    },
  } as unknown as Connection
  const counting: Encryption = {
    ...encryption,
    decrypt(encrypted, place) {
      decrypted.push(encrypted)
      return encryption.decrypt(encrypted, place)
    },
  }
  const onHeard = (content: string): void => void sure.push(content)
  const options = { channel: 'c', ...(others && { others: { ...others, onHeard } }) }
  const broadcast = createBroadcast<string>(connection, counting, options)
  broadcast.subscribe((content) => told.push(content))
  function send(message: string): void {
    for (const { onMessage } of subscribers) onMessage(message)
  }
  return { ...broadcast, told, decrypted, sure, send }
}

/** A message of another process, as long as it is to be. */
const toMessage = (length: number): string =>
  encryption.encrypt(JSON.stringify({ sender: 'another', content: 'x'.repeat(length) }), 'c')

rule('OWN-78', 'takes a message that is too long for one that was missed, and does not decrypt it', () => {
  const { send, told, decrypted, sure } = listen({ missed: 'all' })
  send('A'.repeat(LONGEST + 1))
  send(toMessage(LONGEST))
  expect([told, decrypted, sure]).toEqual([['all', 'all'], [], []])
  send('A'.repeat(LONGEST))
  expect([told.length, decrypted.length, sure]).toEqual([3, 1, []])
  send(toMessage(2_900))
  expect(told[3]).toBe('x'.repeat(2_900))
  expect(sure).toEqual(['x'.repeat(2_900)])
})

test('takes it for nothing where nobody minds what was missed', () => {
  const { send, told, decrypted } = listen()
  send(toMessage(LONGEST))
  expect([told, decrypted]).toEqual([[], []])
  send(toMessage(1))
  expect(told).toEqual(['x'])
})
