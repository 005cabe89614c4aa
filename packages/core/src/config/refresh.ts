import type { RefreshPolicy } from '../http/outcome.js'
import { parseNumber, type Unchecked } from './check.js'

const DEFAULT_INTERVAL = 600
const DEFAULT_STALE_WINDOW = 86_400
const DEFAULT_WAIT_LIMIT = 3
const SHORTEST_INTERVAL = 60
/** Past which no `Cache-Control` goes. */
export const LONGEST_INTERVAL = 86_400
export const LONGEST_STALE_WINDOW = 604_800
const LONGEST_WAIT_LIMIT = 60

/**
 * Checks how long keys are used, and waited for.
 *
 * @throws {@link ConfigurationError}
 */
export function parseRefresh(options: Unchecked): RefreshPolicy {
  const { refreshInterval, staleWindow = DEFAULT_STALE_WINDOW, waitLimit = DEFAULT_WAIT_LIMIT } = options
  const interval =
    refreshInterval === undefined
      ? undefined
      : parseNumber(refreshInterval, 'refreshInterval', SHORTEST_INTERVAL, LONGEST_INTERVAL, 'seconds')
  return {
    refreshInterval: interval ?? DEFAULT_INTERVAL,
    longestLifetime: interval ?? LONGEST_INTERVAL,
    staleWindow: parseNumber(staleWindow, 'staleWindow', 0, LONGEST_STALE_WINDOW, 'seconds'),
    waitLimit: parseNumber(waitLimit, 'waitLimit', 0.1, LONGEST_WAIT_LIMIT, 'seconds'),
  }
}
