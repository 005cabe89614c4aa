import type { Clock, Seconds } from '@bearward/core'

/**
 * Waits on a clock; for ever, where the delay is infinite.
 *
 * @throws The reason of the signal, as soon as it is aborted.
 */
export function wait(clock: Clock, delay: Seconds, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }
    const cancel = delay === Infinity ? undefined : clock.after(delay, end)
    function abort(): void {
      cancel?.()
      reject(signal?.reason as Error)
    }
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })
}
