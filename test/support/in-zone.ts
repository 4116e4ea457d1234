/** Does something while the process is in a time zone. */
export async function inZone<T>(zone: string, work: () => T | Promise<T>): Promise<T> {
  const own = process.env.TZ
  try {
    process.env.TZ = zone
    return await work()
  } finally {
    if (own === undefined) delete process.env.TZ
    else process.env.TZ = own
  }
}
