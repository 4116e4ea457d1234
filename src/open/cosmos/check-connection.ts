import { once } from 'node:events'
import { connect } from 'node:tls'
import { InvalidConfiguration } from '../../core/errors/input.ts'

/** Milliseconds; whoever is slower is left to the requests, which have a deadline of their own. */
const PATIENCE = 5_000

/**
 * Connects to an account once, to tell at once what no waiting mends: a mistyped name, and a certificate that is not
 * trusted. What else goes wrong may pass.
 *
 * @throws InvalidConfiguration
 */
export async function greet(endpoint: string, setting: string): Promise<void> {
  const { hostname, port } = new URL(endpoint)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const isName = /[a-z]/i.test(host) && !host.includes(':')
  const socket = connect({ host, port: Number(port || 443), ...(isName && { servername: host }) })
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(PATIENCE) })
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    if (code === 'ENOTFOUND') throw new InvalidConfiguration(setting, `no host is called ${host}`, { cause })
    if (/CERT|VERIFY/.test(code)) {
      const how = 'name a file with it, or with who issued it, in NODE_EXTRA_CA_CERTS'
      throw new InvalidConfiguration(setting, `the certificate of ${host} is not trusted (${code}): ${how}`, { cause })
    }
  } finally {
    socket.destroy()
  }
}
