/** Whether a value is a promise, or any other object with a method `then`. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return typeof (value as { readonly then?: unknown }).then === 'function'
}

/** Handles the rejection of a promise that is never awaited. Without a handler, it would end the process. */
export function ignoreRejection(promise: PromiseLike<unknown>): void {
  Promise.resolve(promise).catch(() => {})
}

/**
 * Calls a callback of the application that only receives a notification, such as `onError`. Whatever it throws is
 * ignored, and so is the rejection of a promise that it returns, because a failing log must not stop the work.
 */
export function notify<Arguments extends readonly unknown[]>(
  callback: ((...parameters: Arguments) => unknown) | undefined,
  ...parameters: Arguments
): void {
  try {
    const returned = callback?.(...parameters)
    if (isThenable(returned)) ignoreRejection(returned)
  } catch {}
}
