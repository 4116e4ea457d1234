/** The result of `work`, unless the signal is aborted first. @throws the signal's reason */
export function unlessStopped<T>(work: Promise<T>, stop: AbortSignal | undefined): Promise<T> {
  if (stop === undefined) return work
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(stop.reason)
    if (stop.aborted) giveUp()
    else stop.addEventListener('abort', giveUp, { once: true })
    work.then(resolve, reject).finally(() => stop.removeEventListener('abort', giveUp))
  })
}
