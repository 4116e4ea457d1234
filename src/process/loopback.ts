import { isIPv4 } from 'node:net'

/** Whether a host name or an address, an IPv6 one with or without brackets, always means this machine. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|::1|\[::1\])$/i.test(host) || (isIPv4(host) && host.startsWith('127.'))
