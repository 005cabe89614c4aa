import { systemClock, type Seconds } from '@bearward/core'
import type { NodeClient } from './clients.js'
import type { RedisConfig } from './options.js'

/** Who is told what comes over a channel. */
export interface Subscriber {
  onMessage(message: string): void
  /** Messages may have been missed. */
  onGap(): void
}

/** Between two attempts, in seconds. */
const PAUSE: Seconds = 1

/**
 * Listens to a channel for as long as the client is open. The client itself listens again, after a connection that was lost,
 * where it has listened before; until then, whatever goes wrong, this tries again.
 */
export function listen(
  client: NodeClient,
  channel: string,
  { onMessage, onGap }: Subscriber,
  { report }: Pick<RedisConfig, 'report'>,
): void {
  let state: 'deaf' | 'subscribing' | 'listening' = 'deaf'

  async function subscribe(): Promise<void> {
    if (state !== 'deaf' || !client.isReady) return
    state = 'subscribing'
    try {
      await client.subscribe(channel, onMessage)
      state = 'listening'
      onGap()
    } catch (error) {
      state = 'deaf'
      if (client.isOpen) report(error)
      systemClock.after(PAUSE, () => void subscribe())
    }
  }

  client.on('ready', () => {
    onGap()
    void subscribe()
  })
  void subscribe()
}
