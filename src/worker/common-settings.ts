import { z } from 'zod'

// The settings that every process has.

/** `HOST`: the address to listen on. */
export const hostSetting = z.string().default('127.0.0.1')

/** A port to listen on; 0 takes any free one. */
export const portSetting = z.string().regex(/^\d+$/, 'must be a number').transform(Number).pipe(z.int().max(65_535))

/** `LOG_LEVEL`: pino's levels. */
export const logLevelSetting = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info')

/** A time in milliseconds. */
export const millisecondsSetting = z
  .string()
  .regex(/^\d+$/, 'must be a number of milliseconds')
  .transform(Number)
  .pipe(z.int())

/** `TIDEMARK_STORAGE`: the URL of the storage. */
export const storageSetting = z.string().default('file:./data?ranges=4')
