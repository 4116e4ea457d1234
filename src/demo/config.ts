import { z } from 'zod'
import { readSettings } from '../open/settings.ts'

const port = z.string().regex(/^\d+$/, 'must be a number').transform(Number).pipe(z.int().max(65_535))
const milliseconds = z.string().regex(/^\d+$/, 'must be a number of milliseconds').transform(Number)

/** What the demo's API is told by its environment. */
export type DemoConfig = {
  /** The address to listen on. The demo has no login: anything but a loopback address lets everybody in. */
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  readonly logLevel: string
  /** The URL of the storage. */
  readonly storage: string
  /** For how many milliseconds a read with a `Tidemark-Position` waits at most. */
  readonly viewTimeout: number
}

/** Reads `HOST`, `PORT`, `LOG_LEVEL`, `TIDEMARK_STORAGE` and `VIEW_TIMEOUT`. @throws InvalidConfiguration */
export function readDemoConfig(environment: NodeJS.ProcessEnv): DemoConfig {
  const settings = readSettings(environment, {
    HOST: z.string().default('127.0.0.1'),
    PORT: port.default(3000),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    TIDEMARK_STORAGE: z.string().default('file:./data?ranges=4'),
    VIEW_TIMEOUT: milliseconds.pipe(z.int().max(60_000)).default(5_000),
  })
  return {
    host: settings.HOST,
    port: settings.PORT,
    logLevel: settings.LOG_LEVEL,
    storage: settings.TIDEMARK_STORAGE,
    viewTimeout: settings.VIEW_TIMEOUT,
  }
}
