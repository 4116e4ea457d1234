import { z } from 'zod'
import { toHostname } from './host-names.ts'

// The settings that every process has.

/** `HOST`: the address to listen on. */
export const hostSetting = z.string().default('127.0.0.1')

/** `ALLOWED_HOSTS`: additional host names of a server, in lower case; see `accessCheck`. */
export const allowedHostsSetting = z
  .string()
  .default('')
  .transform((text, context) => {
    const names = text.split(',').map((name) => name.trim())
    const hosts = names.filter((name) => name !== '').map(toHostname)
    if (!hosts.includes(undefined)) return hosts as readonly string[]
    const message = 'must be host names without scheme and port, separated by commas, as in meters.example.com,10.0.0.7'
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })

/** A port to listen on; 0 takes any free one. */
export const portSetting = z.string().regex(/^\d+$/, 'must be a number').transform(Number).pipe(z.int().max(65_535))

/** `LOG_LEVEL`: pino's levels. */
export const logLevelSetting = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info')

/** `METRICS`: who reads what is measured, besides the providers of OpenTelemetry that are registered. */
export const metricsSetting = z.enum(['none', 'prometheus']).default('none')

/** A time in milliseconds. */
export const millisecondsSetting = z
  .string()
  .regex(/^\d+$/, 'must be a number of milliseconds')
  .transform(Number)
  .pipe(z.int())

/** `TIDEMARK_STORAGE`: the URL of the storage. */
export const storageSetting = z.string().default('file:./data')
