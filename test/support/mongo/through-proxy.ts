import { type Decide, startProxy, type TcpProxy } from './tcp-proxy.ts'

/** A proxy before a server, and how a driver reaches the server through it. */
export type ProxiedServer = TcpProxy & {
  /** @param parameters more of them for the connection string, such as `retryWrites=false` */
  uri(database?: string, ...parameters: readonly string[]): string
}

/**
 * Starts a proxy before the first host of a connection string. A driver that goes through it asks no other host.
 *
 * @throws Error for a `mongodb+srv:` string
 */
export async function proxyBefore(server: string, decide?: Decide): Promise<ProxiedServer> {
  const [, user = '', host, port = '27017', query = ''] =
    /^mongodb:\/\/([^@/]*@)?([^,/?:]+)(?::(\d+))?[^/?]*\/?[^?]*\??(.*)$/.exec(server) ?? []
  if (host === undefined) throw new Error('A proxy needs a connection string that names hosts')
  const kept = query.split('&').filter((one) => one !== '' && !/^(replicaSet|directConnection)=/i.test(one))
  const proxy = await startProxy({ host, port: Number(port) }, decide)
  return {
    ...proxy,
    uri: (database = '', ...parameters) =>
      `mongodb://${user}127.0.0.1:${proxy.port}/${database}?${['directConnection=true', ...kept, ...parameters].join('&')}`,
  }
}
