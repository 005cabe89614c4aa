/**
 * What a function of the options returned. Such functions answer at once: a promise is not waited for, and its
 * rejection, which nobody will look at, must not end the process.
 */
export function atOnce<T>(result: T): T {
  if (result instanceof Promise) result.catch(() => undefined)
  return result
}
