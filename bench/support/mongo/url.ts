/** The URL of a storage in a database of a server, whose connection string may name another one. */
export function urlOf(server: string, database: string, ...parameters: readonly string[]): string {
  const [, address = '', query = ''] = /^([^?]*?:\/\/[^/?]*)[^?]*\??(.*)$/.exec(server) ?? []
  return `${address}/${database}?${[...(query === '' ? [] : [query]), ...parameters].join('&')}`
}
