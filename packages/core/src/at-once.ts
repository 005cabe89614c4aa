/**
 * What a function of the options returned. Such functions answer at once: a promise is not waited for, and its
 * rejection, which nobody will look at, must not end the process.
 */
export function atOnce<T>(result: T): T {
  if (isThenable(result)) Promise.resolve(result).catch(() => undefined)
  return result
}

/** Not `instanceof Promise`, which knows no promise of another realm. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
