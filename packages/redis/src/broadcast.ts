import { randomUUID } from 'node:crypto'
import type { Forgotten, VerdictStore } from '@bearward/core'
import type { Connection } from './connection.js'
import type { Encryption } from './encryption.js'

/** Tells all processes what to forget. */
export interface Broadcast {
  readonly publish: (forgotten: Forgotten) => Promise<void>
  readonly subscribe: VerdictStore['subscribe']
}

interface Message {
  /** Which process says so: it has forgotten already. */
  readonly sender: string
  readonly forgotten: Forgotten
}

/** Makes it; listens from the first subscription on. */
export function createBroadcast(connection: Connection, encryption: Encryption, prefix: string): Broadcast {
  const channel = `${prefix}:forget`
  const sender = randomUUID()
  const listeners = new Set<(forgotten: Forgotten) => void>()
  let isListening = false

  function tell(forgotten: Forgotten): void {
    for (const listener of listeners) listener(forgotten)
  }

  /** Messages are encrypted by who has a secret: what cannot be decrypted is of nobody, or of somebody with a newer one. */
  function hear(encrypted: string): void {
    const text = encryption.decrypt(encrypted, channel)
    const message = text === undefined ? undefined : (JSON.parse(text) as Message)
    if (message?.sender !== sender) tell(message?.forgotten ?? 'all')
  }

  return {
    async publish(forgotten) {
      const message: Message = { sender, forgotten }
      await connection.publish(channel, encryption.encrypt(JSON.stringify(message), channel))
    },
    subscribe(listener) {
      listeners.add(listener)
      if (!isListening) {
        isListening = true
        connection.subscribe(channel, hear, () => {
          tell('all')
        })
      }
      return () => void listeners.delete(listener)
    },
  }
}
