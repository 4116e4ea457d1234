import { TidemarkError } from '../../core/errors/base.ts'
import { secretInArgument } from '../../open/secrets.ts'

/** What the command line of a demo says. */
export type StartOptions = { readonly port?: string; readonly storage?: string }

/**
 * Starts a demo on a storage, and sets the exit code. An error thrown on purpose is reported in one line.
 *
 * @param options they come before the variables of the environment
 * @param defaultStorage the URL of the storage if none is named
 * @param run gets the environment of all processes, and the URL of the storage; returns the exit code
 */
export async function startDemo(
  { port, storage }: StartOptions,
  defaultStorage: string,
  run: (environment: NodeJS.ProcessEnv, storage: string) => Promise<number>,
): Promise<void> {
  const warning = secretInArgument('--storage', storage, 'TIDEMARK_STORAGE')
  if (warning !== undefined) console.error(warning)
  const url = storage ?? (process.env.TIDEMARK_STORAGE || defaultStorage)
  const isLocal = !/^https:/i.test(url)
  // People who try the demo kill workers, and should not have to wait long for the takeover. On an account every renewal
  // of a lease costs money.
  const given = {
    METRICS: 'prometheus',
    ...(isLocal && { LEASE_DURATION: '3000' }),
    ...process.env,
    ...(port !== undefined && { PORT: port }),
    TIDEMARK_STORAGE: url,
  }
  try {
    process.exitCode = await run(given, url)
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error
    console.error(`${error.code}: ${error.message}`)
    process.exitCode = 1
  }
}
